#pragma once
/* crypt - digests (libsodium). Signatures and secret boxes come with the issues that need them. */
#include "base/base.h"

enum { CRYPT_SHA256_BYTES = 32, CRYPT_SHA512_BYTES = 64, CRYPT_UUID_TEXT = 37 };
/* streaming state; embedded, nothing to free */
typedef struct crypt_sha256 {
    _Alignas(16) unsigned char state[128];
} crypt_sha256;
void crypt_sha256_init(crypt_sha256 *h);
void crypt_sha256_add(crypt_sha256 *h, hm_str bytes);
void crypt_sha256_end(crypt_sha256 *h, uint8_t out[CRYPT_SHA256_BYTES]);
void crypt_sha512_of(hm_str bytes, uint8_t out[CRYPT_SHA512_BYTES]);
/* UUID text from 16 bytes; version 8 (content-derived) or 4 (random) and the RFC 9562 variant are set in it. */
void crypt_uuid_text(const uint8_t bytes[16], unsigned version, char out[CRYPT_UUID_TEXT]);
