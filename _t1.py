import time, tempfile, sys
from pathlib import Path
from rag.config import Readers
from rag.errors import ReadError
from rag.readers import IsolatedReader
import importlib
m=importlib.import_module(sys.argv[1]); fn=getattr(m,sys.argv[2])
r=IsolatedReader(Readers()); d=Path(tempfile.mkdtemp()); n=0; bad=0
for b in fn():
    f=d/b.name; f.write_bytes(b.data); t=time.time(); n+=1; msg=""
    try: x=r(f,b.name); got="indexed"; msg=repr(x.text[:50])
    except ReadError as e: got=e.code; msg=e.message
    dt=time.time()-t
    if got!=b.verdict or dt>2: print("MISMATCH" if got!=b.verdict else "slow", b.name, repr(b.data[:40]), "want",b.verdict,"got",got,msg,f"{dt:.1f}s"); bad+=got!=b.verdict
    f.unlink()
print(n,bad); r.close()
