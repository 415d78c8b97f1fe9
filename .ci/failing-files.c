/* Fails one file call of a process: preloaded by the fault laboratory (.ci/reliability).
 *
 * LAB_DIRECTORY   calls on files below this directory count
 * LAB_AT          the number of the call that goes wrong, from 1
 * LAB_ERROR       its errno; 0 lets a write take only half of its bytes
 * LAB_COUNT       a file that gets the number of calls at the end
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_int calls;

static int is_below(const char *path) {
  const char *directory = getenv("LAB_DIRECTORY");
  return directory && strncmp(path, directory, strlen(directory)) == 0;
}

static int is_below_fd(int fd) {
  char link[64], path[4096];
  if (fd == AT_FDCWD) {
    snprintf(link, sizeof link, "/proc/self/cwd");
  } else {
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  }
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return is_below(path);
}

static int is_below_at(int fd, const char *path) { return path[0] == '/' ? is_below(path) : is_below_fd(fd); }

/* Whether this call goes wrong; errno is set then. */
static int fails(int counts) {
  const char *at = getenv("LAB_AT"), *error = getenv("LAB_ERROR");
  if (!counts || atomic_fetch_add(&calls, 1) + 1 != (at ? atoi(at) : 0)) return 0;
  errno = error ? atoi(error) : EIO;
  return 1;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    va_list list; va_start(list, flags); mode_t mode = va_arg(list, mode_t); va_end(list); \
    if ((flags & O_ACCMODE) != O_RDONLY && fails(is_below_at(AT_FDCWD, path)) && errno) return -1; \
    return NEXT(name)(path, flags, mode); \
  }
#define OPENAT(name) \
  int name(int fd, const char *path, int flags, ...) { \
    va_list list; va_start(list, flags); mode_t mode = va_arg(list, mode_t); va_end(list); \
    if ((flags & O_ACCMODE) != O_RDONLY && fails(is_below_at(fd, path)) && errno) return -1; \
    return NEXT(name)(fd, path, flags, mode); \
  }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int fd, const void *bytes, size_t count) {
  if (fails(is_below_fd(fd))) {
    if (errno) return -1;
    count = (count + 1) / 2;
  }
  return NEXT(write)(fd, bytes, count);
}

#define ON_FD(name) \
  int name(int fd) { return fails(is_below_fd(fd)) && errno ? -1 : NEXT(name)(fd); }
ON_FD(fsync)
ON_FD(fdatasync)

int rename(const char *from, const char *to) {
  return fails(is_below_at(AT_FDCWD, to)) && errno ? -1 : NEXT(rename)(from, to);
}
int renameat(int from_fd, const char *from, int to_fd, const char *to) {
  return fails(is_below_at(to_fd, to)) && errno ? -1 : NEXT(renameat)(from_fd, from, to_fd, to);
}
int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags) {
  return fails(is_below_at(to_fd, to)) && errno ? -1 : NEXT(renameat2)(from_fd, from, to_fd, to, flags);
}
int mkdir(const char *path, mode_t mode) {
  return fails(is_below_at(AT_FDCWD, path)) && errno ? -1 : NEXT(mkdir)(path, mode);
}
int mkdirat(int fd, const char *path, mode_t mode) {
  return fails(is_below_at(fd, path)) && errno ? -1 : NEXT(mkdirat)(fd, path, mode);
}
int unlink(const char *path) { return fails(is_below_at(AT_FDCWD, path)) && errno ? -1 : NEXT(unlink)(path); }
int unlinkat(int fd, const char *path, int flags) {
  return fails(is_below_at(fd, path)) && errno ? -1 : NEXT(unlinkat)(fd, path, flags);
}
int ftruncate(int fd, off_t length) { return fails(is_below_fd(fd)) && errno ? -1 : NEXT(ftruncate)(fd, length); }

__attribute__((destructor)) static void tell(void) {
  const char *path = getenv("LAB_COUNT");
  FILE *file = path ? fopen(path, "w") : NULL;
  if (!file) return;
  fprintf(file, "%d", atomic_load(&calls));
  fclose(file);
}
