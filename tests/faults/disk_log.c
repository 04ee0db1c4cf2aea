/* Preloaded into a program: writes down, in order, what it does to the files below $DISK_LOG_ROOT.

   A record in $DISK_LOG: op (1 byte), offset (8), length of data (4), length of path (2), path, data; little
   endian. W write, T truncate (offset = new length), S sync, U unlink. tests/faults/power_cut.py reads it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;
static const char *root;
static size_t root_length;

static void put(const void *from, size_t length)
{
    const char *at = from;
    while (length > 0) {
        long done = syscall(SYS_write, log_fd, at, length);
        if (done <= 0)
            _exit(97);
        at += done;
        length -= (size_t)done;
    }
}

static int ours(const char *path)
{
    if (log_fd < 0) {
        const char *name = getenv("DISK_LOG");
        root = getenv("DISK_LOG_ROOT");
        if (!name || !root)
            return 0;
        root_length = strlen(root);
        log_fd = (int)syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }
    return log_fd >= 0 && strncmp(path, root, root_length) == 0;
}

static int path_of(int fd, char *path, size_t room)
{
    char link[40];
    strcpy(link, "/proc/self/fd/");
    char digits[12];
    int n = 0, left = fd;
    do {
        digits[n++] = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    char *end = link + strlen(link);
    while (n)
        *end++ = digits[--n];
    *end = 0;
    ssize_t length = readlink(link, path, room - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return ours(path);
}

static void record(char op, const char *path, uint64_t offset, const void *data, uint32_t length)
{
    uint16_t path_length = (uint16_t)strlen(path);
    pthread_mutex_lock(&guard);
    put(&op, 1);
    put(&offset, 8);
    put(&length, 4);
    put(&path_length, 2);
    put(path, path_length);
    if (length)
        put(data, length);
    pthread_mutex_unlock(&guard);
}

#define REAL(type, name) ((type)dlsym(RTLD_NEXT, name))

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset)
{
    char path[4096];
    ssize_t done = syscall(SYS_pwrite64, fd, data, length, offset);
    if (done > 0 && path_of(fd, path, sizeof path))
        record('W', path, (uint64_t)offset, data, (uint32_t)done);
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset)
{
    return pwrite64(fd, data, length, offset);
}

ssize_t write(int fd, const void *data, size_t length)
{
    char path[4096];
    int mine = path_of(fd, path, sizeof path);
    ssize_t done = syscall(SYS_write, fd, data, length);
    if (done > 0 && mine)
        record('W', path, (uint64_t)(lseek64(fd, 0, SEEK_CUR) - done), data, (uint32_t)done);
    return done;
}

static void synced(int fd)
{
    char path[4096];
    if (path_of(fd, path, sizeof path))
        record('S', path, 0, NULL, 0);
}

int fsync(int fd)
{
    int failed = (int)syscall(SYS_fsync, fd);
    if (!failed)
        synced(fd);
    return failed;
}

int fdatasync(int fd)
{
    int failed = (int)syscall(SYS_fdatasync, fd);
    if (!failed)
        synced(fd);
    return failed;
}

int ftruncate64(int fd, off64_t length)
{
    char path[4096];
    int failed = REAL(int (*)(int, off64_t), "ftruncate64")(fd, length);
    if (!failed && path_of(fd, path, sizeof path))
        record('T', path, (uint64_t)length, NULL, 0);
    return failed;
}

int ftruncate(int fd, off_t length)
{
    return ftruncate64(fd, length);
}

int unlink(const char *path)
{
    int failed = REAL(int (*)(const char *), "unlink")(path);
    if (!failed && ours(path))
        record('U', path, 0, NULL, 0);
    return failed;
}
