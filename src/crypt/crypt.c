/* crypt - digests by libsodium; its state lives inside ours, so nothing is allocated. FIPS 180-4, RFC 9562. */
#include "crypt/crypt.h"
#include <sodium.h>

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof((crypt_sha256){ 0 }.state), "state of SHA-256 fits");
_Static_assert(_Alignof(crypto_hash_sha256_state) <= _Alignof(crypt_sha256), "and is aligned");
_Static_assert(crypto_hash_sha256_BYTES == CRYPT_SHA256_BYTES && crypto_hash_sha512_BYTES == CRYPT_SHA512_BYTES,
               "sizes");

static crypto_hash_sha256_state *state_of(crypt_sha256 *h)
{
    return (crypto_hash_sha256_state *)(void *)h->state;
}

void crypt_sha256_init(crypt_sha256 *h)
{
    crypto_hash_sha256_init(state_of(h));
}

void crypt_sha256_add(crypt_sha256 *h, hm_str bytes)
{
    if (bytes.n)
        crypto_hash_sha256_update(state_of(h), (const unsigned char *)bytes.p, bytes.n);
}

void crypt_sha256_end(crypt_sha256 *h, uint8_t out[CRYPT_SHA256_BYTES])
{
    crypto_hash_sha256_final(state_of(h), out);
}

void crypt_sha512_of(hm_str bytes, uint8_t out[CRYPT_SHA512_BYTES])
{
    crypto_hash_sha512(out, (const unsigned char *)bytes.p, bytes.n);
}

void crypt_uuid_text(const uint8_t bytes[16], unsigned version, char out[CRYPT_UUID_TEXT])
{
    static const char DIGIT[] = "0123456789abcdef";
    size_t at = 0;
    for (size_t i = 0; i < 16; i++) {
        unsigned b = bytes[i];
        if (i == 6)
            b = (b & 0x0fU) | (version & 0x0fU) << 4;
        else if (i == 8)
            b = (b & 0x3fU) | 0x80U;
        if (i == 4 || i == 6 || i == 8 || i == 10)
            out[at++] = '-';
        out[at++] = DIGIT[b >> 4];
        out[at++] = DIGIT[b & 15];
    }
    out[at] = 0;
}
