"""What the library says, in Turkish; see `ui.messages.TOLD`."""

from __future__ import annotations

_REPAIR = "Dosyayı onarın ya da kaldırın, sonra klasörü eşitleyin."
_TEXT = "Dosyayı kaldırın ya da içine metin yazın."
_SPLIT = "Dosyayı bölün ya da config.yaml içinde {} ayarını yükseltin."
_COPY = "Klasöre dosyanın kendisini kopyalayın."
_DISK = "Diskte yer olup olmadığına bakın, sonra yeniden deneyin; dizine eklenenler duruyor."
_INVITE = "Belgeleriniz hakkında bir soru sorun (dizindeki bölüm sayısı: {passages})."

TEXTS = {
    # --- sentences of its own
    "own.greeting": f"Merhaba. {_INVITE}",
    "own.thanks": f"Rica ederim. {_INVITE}",
    "own.about": "Bu, Kaynak. Yalnız belgelerinizden yanıt verir, her ifadenin ardındaki cümleyi "
    f"gösterir, belgeler yanıtlamıyorsa bunu belirtir. {_INVITE}",
    "own.refused": "Belgeler bu soruyu yanıtlamıyor.",
    "own.empty": "Henüz yanıt verilecek belge yok.",
    "own.part_first": "Belgeler sorunun birinci kısmını yanıtlamıyor.",
    "own.part_second": "Belgeler sorunun ikinci kısmını yanıtlamıyor.",
    "own.part_third": "Belgeler sorunun üçüncü kısmını yanıtlamıyor.",
    "own.above_first": "Sorunun birinci kısmı için bundan fazlası bulunamadı.",
    "own.above_second": "Sorunun ikinci kısmı için bundan fazlası bulunamadı.",
    "own.above_third": "Sorunun üçüncü kısmı için bundan fazlası bulunamadı.",
    "own.documents": "{n} belge var; ilk {most} belge şunları söylüyor:",
    "own.sentences": "En az {n} cümlede bir tanesi geçiyor; ilk {most} cümle:",
    "own.differ": "Kaynaklar çelişiyor: {said}.",
    # --- why a file could not be read
    "error.empty": "Dosya boş",
    "error.no_text": "İçinde metin yok",
    "error.scanned": "Sayfaları taranmış görüntülerden oluşuyor, metin içermiyor",
    "error.uncalculated": "Formülleri hiç hesaplanmamış",
    "error.not_text": "Metin dosyası değil ya da kodlaması bilinmiyor",
    "error.unknown_type": "Bu türdeki dosyalar okunamıyor",
    "error.wrong_type": "İçeriği uzantısına uymuyor",
    "error.old_format": "Eski bir Office biçiminde",
    "error.protected": "Parolayla korunuyor",
    "error.damaged": "Dosya bozuk",
    "error.bomb": "Açıldığında bir belgeye gerekenden çok daha fazla yer kaplıyor",
    "error.too_large": "Dosya çok büyük",
    "error.too_long": "Belge çok uzun",
    "error.memory": "Okumak için çok fazla bellek gerekti",
    "error.time": "Okunması çok uzun sürdü",
    "error.crashed": "Dosyayı okuyan program çöktü",
    "error.unreadable": "Dosyayı okuyan program başarısız oldu",
    "error.cannot_open": "Dosya okunamıyor",
    "error.not_regular": "Olağan bir dosya değil",
    "error.outside": "Bağlantı klasörün dışına çıkıyor",
    "error.bad_name": "Adında geçersiz karakterler var",
    "error.changed": "Dosya okunurken değişti",
    "error.embedding": "Vektöre dönüştürülemedi",
    "hint.empty": _TEXT,
    "hint.no_text": _TEXT,
    "hint.scanned": "Metin tanıma (OCR) uygulayın, sonra klasörü eşitleyin.",
    "hint.uncalculated": "Dosyayı hesap tablosu programında bir kez açıp kaydedin, "
    "sonra klasörü eşitleyin.",
    "hint.not_text": "Dosyayı UTF-8 metin olarak kaydedin ya da kaldırın.",
    "hint.unknown_type": "Şu türlerden biri olarak kaydedin: {types}.",
    "hint.wrong_type": "Dosyaya gerçek türünün uzantısını verin.",
    "hint.old_format": "Güncel biçimde kaydedin (.docx, .pptx, .xlsx).",
    "hint.protected": "Parolasız bir kopyasını kaydedin.",
    "hint.damaged": _REPAIR,
    "hint.bomb": "Dosyayı kaldırın; gerçek bir belgeyse yeniden kaydedin.",
    "hint.too_large": _SPLIT.format("readers.max_file_mb"),
    "hint.too_long": "Dosyayı bölün ya da config.yaml içinde readers altındaki sınırları "
    "yükseltin.",
    "hint.memory": _SPLIT.format("readers.max_memory_mb"),
    "hint.time": _SPLIT.format("readers.max_seconds"),
    "hint.crashed": _REPAIR,
    "hint.unreadable": _REPAIR,
    "hint.cannot_open": "Dosyanın yerinde ve okunabilir olduğunu denetleyin.",
    "hint.not_regular": _COPY,
    "hint.outside": _COPY,
    "hint.bad_name": "Dosyanın adını değiştirin.",
    "hint.changed": "Dosyaya yazan program bitince klasörü yeniden eşitleyin.",
    "hint.embedding": _REPAIR,
    # --- errors
    "error.other": "Bir hata oluştu",
    "error.question": "Soru bu hâliyle sorulamıyor",
    "error.question_empty": "Soru boş",
    "error.question_long": "Soru çok uzun (karakter)",
    "error.locked": "Dizine şu anda başka bir işlem yazıyor",
    "error.stale": "Dizin başka bir modelle ya da başka bir bölme yöntemiyle yapılmış",
    "error.corrupt": "Dizin bozuk",
    "error.library": "Belge klasörü ya da dizin kullanılamıyor",
    "error.index_unwritable": "Dizine yazılamıyor",
    "error.index_busy": "Dizini şu anda başka bir işlem kullanıyor",
    "error.disk_full": "Disk dolu",
    "error.disk_failing": "Disk dolu ya da arızalı",
    "error.no_folder": "Belge klasörü yok",
    "error.folder_unreadable": "Belge klasörü okunamıyor",
    "error.folder_empty": "Belge klasörü boş, ama dizinde belgeler var; hiçbir şey çıkarılmadı",
    "error.no_reader": "Dosyaları okuyan program başlatılamıyor",
    "error.no_document": "Böyle bir belge yok",
    "error.not_copied": "Dosya klasöre kopyalanamadı",
    "error.is_folder": "Bu bir belge değil, klasör",
    "error.file_left": "Dosyaya dokunulmadı",
    "error.not_moved": "Dosya klasörden taşınamadı",
    "error.word_index": "Kelime dizini yazılamadı",
    "error.ratings": "Değerlendirmeler kaydedilemiyor",
    "error.model": "Model kullanılamıyor",
    "error.model_missing": "Model bu bilgisayarda yok",
    "error.generation": "Model yanıt verirken hata oluştu",
    "error.prompt_long": "Soru, bulunan cümlelerle birlikte model için çok uzun (simge)",
    "hint.other": "Yeniden deneyin.",
    "hint.question": "Bir ya da birkaç cümlelik bir soru sorun.",
    "hint.question_empty": "Belgeler hakkında bir soru yazın.",
    "hint.question_long": "Bir ya da birkaç cümlelik bir soru sorun.",
    "hint.locked": "Bitmesini bekleyin ya da o işlemi durdurun, sonra yeniden deneyin.",
    "hint.stale": "Belgeleri yeniden dizine eklemek için `kaynak sync --rebuild` çalıştırın.",
    "hint.corrupt": "Dizin klasörünü başka yere taşıyıp `kaynak sync` çalıştırın ya da yeni bir "
    "klasöre store.db adıyla bir yedek koyun; belgelerin kendisi zarar görmedi.",
    "hint.library": "`kaynak status` komutunun gösterdiği klasörleri denetleyin.",
    "hint.index_unwritable": "Dizin klasörünün yazılabilir olduğunu denetleyin.",
    "hint.index_busy": "Biraz sonra yeniden deneyin.",
    "hint.disk_full": "Diskte yer açıp yeniden deneyin; dizine eklenenler duruyor.",
    "hint.disk_failing": _DISK,
    "hint.no_folder": "Klasörü oluşturun ya da config.yaml içinde başka bir klasör belirtin.",
    "hint.folder_unreadable": "Klasörün okunabilir olduğunu denetleyin.",
    "hint.folder_empty": "Doğru klasör olup olmadığını denetleyin; dizini "
    "`kaynak sync --allow-empty` boşaltır.",
    "hint.no_reader": "Nedenini `python -m rag.readers.worker` gösterir; sonra Kaynak'ı yeniden "
    "kurun.",
    "hint.no_document": "Klasörü eşitleyin; liste yenilenir.",
    "hint.not_copied": "Klasörün yazılabilir olduğunu ve diskte yer bulunduğunu denetleyin.",
    "hint.is_folder": "İçindeki belgeleri tek tek çıkarın.",
    "hint.file_left": "Belge dizinden çıkarıldı; gerekiyorsa dosyayı kendiniz silin.",
    "hint.not_moved": "Belge dizinden çıkarıldı; dosyayı kendiniz taşıyın, yoksa sonraki "
    "eşitleme onu geri getirir.",
    "hint.word_index": "Diskin dolu olup olmadığına bakın; belgeler kaydedildi, kelime dizinini "
    "sonraki eşitleme yapar.",
    "hint.ratings": "Bu dosyayı başka yere taşıyın, yeniden oluşturulur; yanıtlar bundan "
    "etkilenmez.",
    "hint.model": "`kaynak fetch` komutunu yeniden çalıştırın ya da config.yaml içinde başka bir "
    "model seçin.",
    "hint.model_missing": "İnternete bağlıyken bir kez `kaynak fetch` çalıştırın.",
    "hint.generation": "Yeniden sorun; yine olursa config.yaml içinde başka bir model seçin.",
    "hint.prompt_long": "Daha kısa bir soru sorun ya da config.yaml içinde "
    "evidence.max_sentences ayarını düşürün.",
    # --- drawn pages
    "page.undrawn": "Sayfa {n} çizilemedi.",
    "page.undrawn.hint": "Belgenin metnini okuyun.",
}
