/* crypt - published vectors of the digests; the bits of a UUID that say what it is. */
#include "base/test.h"
#include "crypt/crypt.h"

/* FIPS 180-4 examples and the byte-oriented short-message vectors of NIST's CAVP. */
static const struct {
    const char *name, *in, *want; /* in: hex */
} SHA256[] = {
    { "empty", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { "abc", "616263", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { "8 bits", "d3", "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1" },
    { "16 bits", "11af", "5ca7133fa735326081558ac312c620eeca9970d1e70a4b95533d956f072d1f98" },
    { "448 bits",
      "6162636462636465636465666465666765666768666768696768696a68696a6b696a6b6c6a6b6c6d6b6c6d6e6c6d6e6f6d6e6f706e6f7071",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
};
static const struct {
    const char *name, *in, *want;
} SHA512[] = {
    { "empty", "",
      "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a5"
      "38327af927da3e" },
    { "abc", "616263",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a"
      "9ac94fa54ca49f" },
};

static unsigned nibble(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void from_hex(hm_buf *out, const char *hex)
{
    for (; hex[0] && hex[1]; hex += 2)
        hm_buf_byte(out, (char)(uint8_t)(nibble(hex[0]) << 4 | nibble(hex[1])));
}

TEST(sha256_matches_the_vectors)
{
    for (size_t i = 0; i < HM_COUNT(SHA256); i++)
        for (size_t cut = 0; cut < 3; cut++) { /* in one piece, and in two */
            TEST_BUF in = { 0 }, hex = { 0 };
            from_hex(&in, SHA256[i].in);
            crypt_sha256 h;
            uint8_t out[CRYPT_SHA256_BYTES];
            crypt_sha256_init(&h);
            crypt_sha256_add(&h, hm_str_sub(hm_buf_view(&in), 0, cut));
            crypt_sha256_add(&h, hm_str_from(hm_buf_view(&in), cut));
            crypt_sha256_end(&h, out);
            hm_buf_hex(&hex, (hm_str){ (const char *)out, sizeof out });
            CHECK("memory", !in.bad && !hex.bad);
            CHECK_STR(SHA256[i].name, hm_buf_view(&hex), hm_str_c(SHA256[i].want));
        }
}

TEST(sha256_of_a_million_a)
{
    TEST_BUF hex = { 0 };
    char block[1000];
    memset(block, 'a', sizeof block);
    crypt_sha256 h;
    uint8_t out[CRYPT_SHA256_BYTES];
    crypt_sha256_init(&h);
    for (int i = 0; i < 1000; i++)
        crypt_sha256_add(&h, (hm_str){ block, sizeof block });
    crypt_sha256_end(&h, out);
    hm_buf_hex(&hex, (hm_str){ (const char *)out, sizeof out });
    CHECK("memory", !hex.bad);
    CHECK_STR("million", hm_buf_view(&hex), HM_STR("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
}

TEST(sha512_matches_the_vectors)
{
    for (size_t i = 0; i < HM_COUNT(SHA512); i++) {
        TEST_BUF in = { 0 }, hex = { 0 };
        from_hex(&in, SHA512[i].in);
        uint8_t out[CRYPT_SHA512_BYTES];
        crypt_sha512_of(hm_buf_view(&in), out);
        hm_buf_hex(&hex, (hm_str){ (const char *)out, sizeof out });
        CHECK("memory", !in.bad && !hex.bad);
        CHECK_STR(SHA512[i].name, hm_buf_view(&hex), hm_str_c(SHA512[i].want));
    }
}

TEST(uuid_carries_version_and_variant)
{
    static const struct {
        uint8_t fill;
        unsigned version;
        const char *want;
    } T[] = {
        { 0x00, 8, "00000000-0000-8000-8000-000000000000" },
        { 0xff, 8, "ffffffff-ffff-8fff-bfff-ffffffffffff" },
        { 0xff, 4, "ffffffff-ffff-4fff-bfff-ffffffffffff" },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        uint8_t in[16];
        char out[CRYPT_UUID_TEXT];
        memset(in, T[i].fill, sizeof in);
        crypt_uuid_text(in, T[i].version, out);
        CHECK_STR("uuid", hm_str_c(out), hm_str_c(T[i].want));
    }
    uint8_t in[16];
    char out[CRYPT_UUID_TEXT];
    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (uint8_t)(0x10 + i);
    crypt_uuid_text(in, 8, out);
    CHECK_STR("order", hm_str_c(out), HM_STR("10111213-1415-8617-9819-1a1b1c1d1e1f"));
}
