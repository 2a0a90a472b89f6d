from tests.faults.bad_documents import *
import pypdfium2 as p, traceback
for b in bad_documents():
    if b.name in("d155.pdf","d156.pdf"):
        try:
            d=p.PdfDocument(b.data); print(len(d)); print(d[0].get_textpage().get_text_bounded())
        except Exception as e: print(repr(e), getattr(e,'err_code',None))
    if b.name=="d107.xlsx":
        import pathlib; pathlib.Path("/tmp/x.xlsx").write_bytes(b.data)
        from rag.readers.xlsx import read; from rag.config import Readers
        print(read(b.data,Readers()).text)
