using System.Collections.ObjectModel;
using ScoutDashboard.Analysis.Packages.Java;
using ScoutDashboard.Analysis.Packages.Rpm;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Every package format that is read; a new one is a file and a line here.</summary>
public static class PackageExtractors
{
    public static readonly ReadOnlyCollection<IPackageExtractor> All =
    [
        new OsReleaseExtractor(),
        new ReleaseFileExtractor(),
        new DpkgExtractor(),
        new DpkgFilesExtractor(),
        new ApkExtractor(),
        new ChiselExtractor(),
        new RpmExtractor(),
        new RpmManifestExtractor(),
        new NpmExtractor(),
        new NpmLockExtractor(),
        new YarnLockExtractor(),
        new PnpmLockExtractor(),
        new NuGetLockExtractor(),
        new PackagesConfigExtractor(),
        new DotNetDepsExtractor(),
        new DotNetConfigExtractor(),
        new PythonExtractor(),
        new PythonArchiveExtractor(),
        new PythonVendorExtractor(),
        new CondaExtractor(),
        new GemExtractor(),
        new ComposerExtractor(),
        new BitnamiExtractor(),
        new GoExtractor(),
        new RustExtractor(),
        new ProgramExtractor(),
        new DotNetBundleExtractor(),
        new DotNetAssemblyExtractor(),
        new JavaExtractor(),
        new JvmExtractor(),
    ];
}
