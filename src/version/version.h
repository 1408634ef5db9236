#pragma once
/* version - one file per version ordering. So far: the list of orders that the ecosystem map names, and the normal
 * form of a literal version. Pure, no allocation. */
#include "base/base.h"

typedef enum version_order {
    VERSION_NONE = 0, /* no order known: only equality */
    VERSION_SEMVER,
    VERSION_GO,
    VERSION_PEP440,
    VERSION_MAVEN,
    VERSION_DEB,
    VERSION_RPM,
    VERSION_APK,
    VERSION_GEM,
    VERSION_NUGET,
    VERSION_COMPOSER,
    VERSION_PUB,
    VERSION_CRAN,
    VERSION_HACKAGE,
    VERSION_ALPM,
    VERSION_GENTOO,
    VERSION_CONAN,
    VERSION_ROUGH,
    VERSION_ORDER_COUNT
} version_order;

/* Appends the normal form of `literal` under `order`; where the order has none, the literal as it is.
 * SEMVER: without a leading "v" or "=" and white space. GO: as is. PEP440: PEP 440 "Normalization" (epoch, release,
 * pre/post/dev spelled a, b, rc, .postN, .devN, local with dots, lower case); a version that is not PEP 440 stays as
 * it is. NUGET: lower case, build metadata and leading zeros dropped, three parts at least, a fourth part of 0 dropped.
 * true: it was in the order's grammar; of an order without a normal form: not empty. */
bool version_normal(version_order order, hm_str literal, hm_buf *out);

/* Debian policy 5.6.12: [epoch:]upstream[-revision]. Missing parts are empty. */
typedef struct version_deb {
    hm_str epoch, upstream, revision;
} version_deb;
version_deb version_deb_split(hm_str version);
