// The resolver behind the servers that are measured: upstream PORT. It answers
// every A question with 192.0.2.1 for an hour, and any other with nothing and an
// SOA, over UDP by the batch, and over TCP one question a connection.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 64, SIZE = 2048, ROOM = 128 }; // ROOM for what an answer adds

// answer answers the n bytes at p in place and returns its length, 0 for none.
static int answer(uint8_t *p, int n) {
	static const uint8_t a[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0x0e, 0x10, 0, 4, 192, 0, 2, 1};
	static const uint8_t soa[] = {0, 0, 6, 0, 1, 0, 0, 0x0e, 0x10, 0, 24, 1, 'a', 0, 0,
		0, 0, 0, 1, 0, 0, 0x0e, 0x10, 0, 0, 0x0e, 0x10, 0, 0, 0x0e, 0x10, 0, 0, 0x0e, 0x10};
	static const uint8_t opt[] = {0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0};
	if (n < 17) return 0;
	int at = 12;
	while (at < n && p[at]) at += p[at] + 1;
	if (at + 5 > n) return 0;
	int qtype = p[at + 1] << 8 | p[at + 2];
	at += 5;
	int edns = p[11] > 0 && at + 11 <= n && !p[at] && !p[at + 1] && p[at + 2] == 41;
	p[2] = 0x80 | (p[2] & 0x79); // an answer, of the same opcode and RD
	p[3] = 0x80;                 // RA
	p[4] = 0, p[5] = 1;
	memset(p + 6, 0, 6);
	if (qtype == 1) {
		memcpy(p + at, a, sizeof a), at += sizeof a, p[7] = 1;
	} else {
		memcpy(p + at, soa, sizeof soa), at += sizeof soa, p[9] = 1;
	}
	if (edns) memcpy(p + at, opt, sizeof opt), at += sizeof opt, p[11] = 1;
	return at;
}

static struct sockaddr_in here = {.sin_family = AF_INET};

static int bound(int type) {
	int s = socket(AF_INET, type, 0), one = 1, big = 4 << 20;
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof big);
	setsockopt(s, SOL_SOCKET, SO_SNDBUFFORCE, &big, sizeof big);
	if (bind(s, (void *)&here, sizeof here)) {
		perror("upstream: bind");
		exit(1);
	}
	return s;
}

static void *tcp(void *arg) {
	(void)arg;
	int s = bound(SOCK_STREAM);
	listen(s, 64);
	for (;;) {
		int c = accept(s, 0, 0);
		if (c < 0) continue;
		struct timeval second = {1, 0};
		setsockopt(c, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
		uint8_t b[SIZE];
		int n = recv(c, b, sizeof b - ROOM, 0);
		if (n > 14) {
			int m = answer(b + 2, n - 2);
			b[0] = m >> 8, b[1] = m;
			send(c, b, m + 2, MSG_NOSIGNAL);
		}
		close(c);
	}
}

int main(int argc, char **argv) {
	if (argc != 2) {
		fprintf(stderr, "usage: upstream PORT\n");
		return 2;
	}
	here.sin_port = htons(atoi(argv[1]));
	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	static uint8_t room[BATCH][SIZE];
	static struct sockaddr_in from[BATCH];
	static struct iovec in[BATCH], out[BATCH];
	static struct mmsghdr got[BATCH], back[BATCH];
	int s = bound(SOCK_DGRAM);
	pthread_t other;
	pthread_create(&other, 0, tcp, 0);
	for (;;) {
		for (int i = 0; i < BATCH; i++) {
			in[i] = (struct iovec){room[i], SIZE - ROOM};
			got[i].msg_hdr = (struct msghdr){.msg_name = &from[i], .msg_namelen = sizeof from[i], .msg_iov = &in[i], .msg_iovlen = 1};
		}
		int n = recvmmsg(s, got, BATCH, MSG_WAITFORONE, 0), ready = 0;
		for (int i = 0; i < n; i++) {
			int length = answer(room[i], got[i].msg_len);
			if (!length) continue;
			out[ready] = (struct iovec){room[i], length};
			back[ready].msg_hdr = (struct msghdr){.msg_name = &from[i], .msg_namelen = got[i].msg_hdr.msg_namelen, .msg_iov = &out[ready], .msg_iovlen = 1};
			ready++;
		}
		for (int sent = 0, k; sent < ready && (k = sendmmsg(s, back + sent, ready - sent, 0)) > 0;) sent += k;
	}
}
