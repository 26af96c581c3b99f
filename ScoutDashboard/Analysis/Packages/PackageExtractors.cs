using System.Collections.ObjectModel;
using ScoutDashboard.Analysis.Packages.Java;
using ScoutDashboard.Analysis.Packages.Rpm;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Every package format that is read; a new one is a file and a line here.</summary>
public static class PackageExtractors
{
    /// <summary>With the limits that count where nothing else is configured.</summary>
    public static readonly ReadOnlyCollection<IPackageExtractor> All = Under(new FormatLimits());

    public static ReadOnlyCollection<IPackageExtractor> Under(FormatLimits limits) =>
    [
        new OsReleaseExtractor(limits),
        new ReleaseFileExtractor(limits),
        new DpkgExtractor(limits),
        new DpkgFilesExtractor(limits),
        new ApkExtractor(limits),
        new ChiselExtractor(limits),
        new RpmExtractor(limits),
        new RpmManifestExtractor(limits),
        new NpmExtractor(limits),
        new NpmLockExtractor(limits),
        new YarnLockExtractor(limits),
        new PnpmLockExtractor(limits),
        new NuGetLockExtractor(limits),
        new PackagesConfigExtractor(limits),
        new DotNetDepsExtractor(limits),
        new DotNetConfigExtractor(limits),
        new PythonExtractor(limits),
        new PythonArchiveExtractor(limits),
        new PythonVendorExtractor(limits),
        new CondaExtractor(limits),
        new GemExtractor(limits),
        new ComposerExtractor(limits),
        new BitnamiExtractor(limits),
        new GoExtractor(limits),
        new RustExtractor(limits),
        new ProgramExtractor(limits),
        new DotNetBundleExtractor(limits),
        new DotNetAssemblyExtractor(limits),
        new JavaExtractor(limits),
        new JvmExtractor(limits),
    ];
}
