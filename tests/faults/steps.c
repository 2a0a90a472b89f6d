/* Counts the calls by which a process changes files, and stops or fails it at one of them.

   Loaded before libc (LD_PRELOAD). Nothing happens until arm() is called:
     mode 0  count only
     mode 1  end the process before the n-th call: as it is after the call before it
     mode 2  end the process when half of the n-th call is written
     mode 3  from the n-th call on, no file can grow (ENOSPC); what is there can be overwritten
   Only calls on regular files count. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long count;
static unsigned char is_write[100000];
static long at;
static int mode = -1;

void arm(long n, int how) { count = 0; at = n; mode = how; }
void disarm(void) { mode = -1; }
long counted(void) { return count; }
int was_write(long n) { return n < 100000 && is_write[n]; }

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static int is_file(int fd) {
    struct stat s;
    return fstat(fd, &s) == 0 && (S_ISREG(s.st_mode) || S_ISDIR(s.st_mode));
}

/* 1 when this is the call to end at, 2 when it is to fail. */
static int step(int writes) {
    if (mode < 0) return 0;
    long n = ++count;
    if (n < 100000) is_write[n] = writes;
    if (mode == 1 && n == at) _exit(77);
    if (mode == 2 && n == at) return 1;
    return mode == 3 && n >= at ? 2 : 0;
}

static int grows(int fd, off64_t from, size_t c) {
    struct stat s;
    if (from < 0) from = lseek64(fd, 0, SEEK_CUR);
    return fstat(fd, &s) == 0 && from + (off64_t)c > s.st_size;
}

#define WRITES(from, size, half, full, ...) \
    int what = is_file(fd) ? step(1) : 0; \
    if (what == 1) { if (half) real(__VA_ARGS__); _exit(77); } \
    if (what == 2 && grows(fd, from, size)) { errno = ENOSPC; return -1; } \
    return full

ssize_t write(int fd, const void *b, size_t c) {
    REAL(ssize_t, "write", int, const void *, size_t);
    WRITES(-1, c, c / 2, real(fd, b, c), fd, b, c / 2);
}
ssize_t pwrite(int fd, const void *b, size_t c, off_t o) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    WRITES(o, c, c / 2, real(fd, b, c, o), fd, b, c / 2, o);
}
ssize_t pwrite64(int fd, const void *b, size_t c, off64_t o) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    WRITES(o, c, c / 2, real(fd, b, c, o), fd, b, c / 2, o);
}
ssize_t writev(int fd, const struct iovec *v, int n) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    WRITES(-1, 1, n / 2, real(fd, v, n), fd, v, n / 2);
}
ssize_t sendfile(int fd, int from, off_t *o, size_t c) {
    REAL(ssize_t, "sendfile", int, int, off_t *, size_t);
    WRITES(-1, c, 0, real(fd, from, o, c), fd, from, o, c);
}
ssize_t sendfile64(int fd, int from, off64_t *o, size_t c) {
    REAL(ssize_t, "sendfile64", int, int, off64_t *, size_t);
    WRITES(-1, c, 0, real(fd, from, o, c), fd, from, o, c);
}

/* What needs no room: fails in no mode. */
#define CHANGES(name, call) \
    if (step(0) == 1) _exit(77); \
    return call

int fsync(int fd) {
    REAL(int, "fsync", int);
    CHANGES("fsync", real(fd));
}
int fdatasync(int fd) {
    REAL(int, "fdatasync", int);
    CHANGES("fdatasync", real(fd));
}
int ftruncate(int fd, off_t n) {
    REAL(int, "ftruncate", int, off_t);
    CHANGES("ftruncate", real(fd, n));
}
int ftruncate64(int fd, off64_t n) {
    REAL(int, "ftruncate64", int, off64_t);
    CHANGES("ftruncate64", real(fd, n));
}
int rename(const char *a, const char *b) {
    REAL(int, "rename", const char *, const char *);
    CHANGES("rename", real(a, b));
}
int unlink(const char *a) {
    REAL(int, "unlink", const char *);
    CHANGES("unlink", real(a));
}
int unlinkat(int d, const char *a, int f) {
    REAL(int, "unlinkat", int, const char *, int);
    CHANGES("unlinkat", real(d, a, f));
}
int rmdir(const char *a) {
    REAL(int, "rmdir", const char *);
    CHANGES("rmdir", real(a));
}
int mkdir(const char *a, mode_t m) {
    REAL(int, "mkdir", const char *, mode_t);
    CHANGES("mkdir", real(a, m));
}
