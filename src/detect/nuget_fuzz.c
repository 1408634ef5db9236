/* Any bytes as the files of .NET that are read one by one, and as both files of Paket. */
#include "detect/lang_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const hm_str bytes = { (const char *)data, size };
    const detect_view paket[] = { { .path = HM_STR("p/paket.dependencies"), .bytes = bytes },
                                  { .path = HM_STR("p/paket.lock"), .bytes = bytes },
                                  { .path = HM_STR("q/paket.dependencies"), .bytes = bytes } };
    fuzz_text(detect_dotnet_deps, "app/App.deps.json", data, size);
    fuzz_text(detect_nuget_assets, "app/obj/project.assets.json", data, size);
    fuzz_text(detect_nuget_lock, "app/packages.lock.json", data, size);
    fuzz_text(detect_nuget_config, "app/packages.config", data, size);
    fuzz_text(detect_nuspec, "p/a/1.0/a.nuspec", data, size);
    fuzz_text(detect_nuspec, "src/b.nuspec", data, size);
    fuzz_group(detect_paket, paket, HM_COUNT(paket), size);
    return 0;
}
