// SPDX-License-Identifier: Apache-2.0
/*
 * The eager replay as a C programmer would write it: the yardstick for the
 * harness's own cost. Two memfds, a punch of the side that is left, a write to
 * every page of the side that was asked for.
 *
 *   replay TRACE.csv GUEST_BYTES
 *
 * reads commands from stdin, one a line, and answers each with the nanoseconds
 * of one replay: "bare" reads the clock twice in all, "timed" where the harness
 * reads it (four times a conversion) and adds up what it reads.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <linux/falloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096ULL

struct event {
	uint64_t gfn, pages;
	int shared;
};

struct side {
	int fd;
	char *map;
};

static struct event *events;
static size_t count;
static struct side sides[2]; /* private, shared */
static char *footprint;      /* one byte a page: touched, or beside one that is */
static uint64_t guest_pages;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static inline uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static inline void touch(const struct side *s, uint64_t gfn, uint64_t pages, int shared)
{
	for (uint64_t p = gfn; p < gfn + pages; p++)
		*(volatile uint64_t *)(s->map + p * PAGE) =
			(p * 2 + shared + 1) * 0x9e3779b97f4a7c15ULL;
}

static inline void punch(const struct side *s, uint64_t gfn, uint64_t pages)
{
	if (fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, gfn * PAGE, pages * PAGE))
		die("fallocate");
}

static void load(const char *path)
{
	FILE *in = fopen(path, "r");
	char op[16];
	uint64_t at, vcpu;
	struct event e;

	if (!in || fscanf(in, "%*[^\n]") == EOF)
		die(path);
	while (fscanf(in, "%" SCNu64 ",%" SCNu64 ",%15[^,],%" SCNx64 ",%" SCNu64,
		      &at, &vcpu, op, &e.gfn, &e.pages) == 5) {
		e.shared = !strcmp(op, "to_shared");
		events = realloc(events, (count + 1) * sizeof(e));
		events[count++] = e;
		for (uint64_t p = e.gfn ? e.gfn - 1 : 0; p <= e.gfn + e.pages && p < guest_pages; p++)
			footprint[p] = 1;
	}
	fclose(in);
}

static void open_side(struct side *s, const char *name)
{
	s->fd = memfd_create(name, MFD_CLOEXEC);
	if (s->fd < 0 || ftruncate(s->fd, guest_pages * PAGE))
		die(name);
	s->map = mmap(NULL, guest_pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, 0);
	if (s->map == MAP_FAILED)
		die("mmap");
}

/* As the harness leaves the guest before a repetition. */
static void reset(void)
{
	for (uint64_t p = 0; p < guest_pages; p++) {
		if (footprint[p]) {
			punch(&sides[1], p, 1);
			touch(&sides[0], p, 1, 0);
		}
	}
}

static uint64_t bare(void)
{
	uint64_t start = now();

	for (size_t i = 0; i < count; i++) {
		const struct event *e = &events[i];

		punch(&sides[!e->shared], e->gfn, e->pages);
		touch(&sides[e->shared], e->gfn, e->pages, e->shared);
	}
	return now() - start;
}

static uint64_t timed(void)
{
	static volatile uint64_t convert_ns, punch_ns, touch_ns;
	uint64_t start = now(), mark = start;

	for (size_t i = 0; i < count; i++) {
		const struct event *e = &events[i];
		uint64_t before = now(), after, t;

		punch(&sides[!e->shared], e->gfn, e->pages);
		after = now();
		punch_ns += after - before;
		t = now();
		convert_ns += t - mark;
		mark = t;
		touch(&sides[e->shared], e->gfn, e->pages, e->shared);
		t = now();
		touch_ns += t - mark;
		mark = t;
	}
	return now() - start;
}

int main(int argc, char **argv)
{
	char command[16];

	if (argc != 3) {
		fprintf(stderr, "usage: replay TRACE.csv GUEST_BYTES\n");
		return 2;
	}
	guest_pages = strtoull(argv[2], NULL, 10) / PAGE;
	footprint = calloc(guest_pages, 1);
	load(argv[1]);
	open_side(&sides[0], "private");
	open_side(&sides[1], "shared");
	while (scanf("%15s", command) == 1) {
		reset();
		printf("%" PRIu64 "\n", strcmp(command, "bare") ? timed() : bare());
		fflush(stdout);
	}
	return 0;
}
