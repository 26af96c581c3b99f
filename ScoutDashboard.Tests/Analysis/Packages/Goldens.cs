using System.Text;
using ScoutDashboard.Tests.Analysis.Packages.Java;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis.Packages;

/// <summary>At least one whole file for every extractor that there is.</summary>
internal static class Goldens
{
    public static IReadOnlyList<Golden> All { get; } = [.. Databases(), .. Languages(), .. RpmForms(), .. ProgramForms()];

    private static IEnumerable<Golden> Databases() =>
    [
        Text("os-release", "etc/os-release", "PRETTY_NAME=\"Debian \\\"12\\\"\"\nID='debian'\nVERSION_ID=12\n"),
        Text("release-file", "opt/a/etc/centos-release", "CentOS Linux release 7.9.2009 (Core)\n"),
        Text("dpkg", "var/lib/dpkg/status",
            "Package: bash\nStatus: install ok installed\nSource: bash (5.2.15-2)\nVersion: 5.2.15-2+b2\nDescription: shell\n more\n\nPackage: b\nVersion: 1\n"),
        Text("dpkg-files", "var/lib/dpkg/info/bash:amd64.list", "/.\n/bin\n/bin/bash\n/usr/share/doc/bash/copyright\n"),
        Text("apk", "lib/apk/db/installed", "C:Q1x=\nP:musl\nV:1.2.5-r0\nA:x86_64\no:musl\nL:MIT\nF:lib\nR:ld.so\n\nP:b\nV:2-r0\n"),
        new("chisel", "chisel", "opt/b/var/lib/chisel/manifest.wall", """
            {"jsonwall":"1.0","schema":"1.0","count":2}
            {"kind":"package","name":"libicu74","version":"74.2-1ubuntu3","sha256":"ab","arch":"amd64"}
            {"kind":"path","path":"/etc/","mode":"0755","slices":["base-files_base"]}

            """u8.ToArray(), LayerTar.Zstd),
        Text("rpm-manifest", "var/lib/rpmmanifest/container-manifest-2",
            "glibc\t2.38-8.azl3\t1728000000\t1727000000\tMicrosoft Corporation\t(none)\t11006154\tx86_64\t0\tglibc-2.38-8.azl3.src.rpm\n"),
        Text("bitnami", "opt/bitnami/postgresql/.spdx-postgresql.spdx",
            """{"spdxVersion":"SPDX-2.3","packages":[{"licenseDeclared":"MIT","externalRefs":[{"referenceLocator":"pkg:bitnami/postgresql@16.3.0-5?arch=amd64"}]}]}"""),
    ];

    private static IEnumerable<Golden> Languages() =>
    [
        Text("npm", "node_modules/@a/b/package.json", """{"name":"@a/b","version":"1.0.0","license":[{"type":"MIT"},"ISC"],"x":{"y":[1,"\u00e9",null]}}"""),
        Text("npm-lock", "app/package-lock.json", """{"lockfileVersion":2,"packages":{"":{},"node_modules/@a/b":{"version":"1.0.0"},"node_modules/c/node_modules/d":{"name":"e","version":"2.0.0"}}}"""),
        new("npm-lock-1", "npm-lock", "app/npm-shrinkwrap.json", """{"lockfileVersion":1,"dependencies":{"a":{"version":"1.0.0","dependencies":{"b":{"version":"npm:@c/d@2.0.0"}}}}}"""u8.ToArray()),
        Text("yarn-lock", "app/yarn.lock", "# yarn lockfile v1\n\n\n\"@a/b@^1.0.0\", \"@a/b@^1.1.0\":\n  version \"1.1.1\"\n  dependencies:\n    c \"^2.0.0\"\n\nc@^2.0.0:\n  version \"2.0.1\"\n"),
        new("yarn-lock-berry", "yarn-lock", "srv/yarn.lock", "__metadata:\n  version: 8\n\n\"@a/b@npm:^1.0.0\":\n  version: 1.1.1\n  resolution: \"@a/b@npm:1.1.1\"\n"u8.ToArray()),
        Text("pnpm-lock", "app/pnpm-lock.yaml", "lockfileVersion: '9.0'\n\npackages:\n\n  '@a/b@1.0.0':\n    resolution: {integrity: sha512-x}\n\n  c@2.0.0:\n    hasBin: true\n"),
        new("pnpm-lock-5", "pnpm-lock", "srv/pnpm-lock.yaml", "lockfileVersion: 5.4\npackages:\n  /@a/b/1.0.0_c@2.0.0:\n    dev: false\n"u8.ToArray()),
        Text("packages-config", "inetpub/wwwroot/packages.config", "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<packages>\n  <package id=\"jQuery\" version=\"3.1.1\" targetFramework=\"net46\" />\n</packages>\n"),
        Text("nuget-lock", "src/packages.lock.json", """{"version":1,"dependencies":{"net8.0":{"A.B":{"type":"Direct","resolved":"1.0.0"},"c":{"type":"Project"}}}}"""),
        Text("dotnet-deps", "app/a.deps.json", Encoding.UTF8.GetString(Programs.BundledDeps)),
        Text("dotnet-config", "app/a.runtimeconfig.json", """{"runtimeOptions":{"tfm":"net8.0","frameworks":[{"name":"Microsoft.NETCore.App","version":"8.0.4"},{"name":"Microsoft.AspNetCore.App","version":"8.0.4"}]}}"""),
        Text("python", "a-1.dist-info/METADATA", "Name: a\nVersion: 1\nLicense: MIT\n\nbody\n"),
        new("python-archive", "python-archive", "usr/share/python-wheels/demo-1.2-py3-none-any.whl", "Metadata-Version: 2.1\nName: Demo_Pkg\nVersion: 1.2\n\n"u8.ToArray(),
            content => Jar.Of(("demo-1.2.dist-info/METADATA", content))),
        Text("python-vendor", "pip/_vendor/vendor.txt", "urllib3==1.26.12\nrich==12.5.1\n    # comment==1\n"),
        Text("conda", "opt/conda/conda-meta/zlib-1.json", """{"name":"zlib","version":"1.2.13","subdir":"linux-64","license":"Zlib"}"""),
        Text("gem", "usr/local/bundle/specifications/a.gemspec", "# -*- encoding: utf-8 -*-\n# stub: nokogiri 1.15.4 x86_64-linux lib\n\nGem::Specification.new do |s|\n  s.name = \"nokogiri\".freeze\n"),
        Text("composer", "app/vendor/composer/installed.json", """{"packages":[{"name":"Symfony/HttpKernel","version":"v6.3.1","license":["MIT","Apache-2.0"]}]}"""),
        new("java", "java", "app/a.jar", Encoding.UTF8.GetBytes(Jar.Pom("org.a", "a", "2").Content), content => Jar.Stored(
            ("META-INF/maven/org.a/a/pom.properties", content), ("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n\r\n"u8.ToArray()),
            ("lib/b-1.jar", Jar.Library("org.b", "b", "1")), ("lib/c.jar", Jar.Of(("b-1.jar", Jar.Library("org.b", "b", "1")))))),
        new("java-pom", "java", "app/lib/x.jar", "<?xml version=\"1.0\"?><project><parent><groupId>g</groupId></parent><artifactId>&amp;x</artifactId><version>1</version></project>"u8.ToArray(),
            content => Jar.Of(("META-INF/maven/g/x/pom.xml", content))),
        new("java-manifest", "java", "app/lib/y.jar", "Manifest-Version: 1.0\r\nImplementation-Version: 1.2\r\n .3\r\nImplementation-Title: y\r\n\r\n"u8.ToArray(),
            content => Jar.Of(("META-INF/MANIFEST.MF", content), ("org/y/A.class", [1]))),
        Text("jvm", "opt/java/openjdk/release", "IMPLEMENTOR=\"Eclipse Adoptium\"\nJAVA_VERSION=\"21.0.2\"\nFULL_VERSION=\"21.0.2+13-LTS\"\n"),
    ];

    private static IEnumerable<Golden> RpmForms()
    {
        byte[][] headers =
        [
            RpmDatabases.Header("bash", "5.1.8", "9.el9", source: "bash-5.1.8-9.el9.src.rpm", vendor: "Red Hat, Inc."),
            RpmDatabases.Header("openssl-libs", "3.0.7", "24.el9", epoch: 1, source: "openssl-3.0.7-24.el9.src.rpm", padding: 1500, files: ["usr/lib64/libssl.so.3", "usr/lib64/libcrypto.so.3"]),
        ];
        yield return new("rpm-sqlite", "rpm", "opt/c/var/lib/rpm/rpmdb.sqlite", RpmDatabases.Sqlite(512, false, headers).File);
        var (file, log) = RpmDatabases.Sqlite(512, true, headers);
        yield return new("rpm-sqlite-log", "rpm", "opt/d/var/lib/rpm/rpmdb.sqlite", file) { Sidecar = log };
        yield return new("rpm-ndb", "rpm", "usr/lib/sysimage/rpm/Packages.db", RpmDatabases.Ndb(headers));
        yield return new("rpm-bdb", "rpm", "opt/e/var/lib/rpm/Packages", RpmDatabases.Bdb(false, headers));
        yield return new("rpm-bdb-big", "rpm", "opt/f/var/lib/rpm/Packages", RpmDatabases.Bdb(true, headers));
    }

    private static IEnumerable<Golden> ProgramForms()
    {
        yield return new("go", "go", "usr/bin/go-app", "path\texample.com/app\nmod\texample.com/app\tv1.4.0\th1:x=\ndep\tgithub.com/old/dep\tv1.0.0\n=>\tgithub.com/new/dep\tv1.0.1\th1:x=\n"u8.ToArray(),
            content => Programs.Go("go1.22.3", Encoding.Latin1.GetString(content)));
        yield return new("go-old", "go", "usr/bin/go-old", "path\texample.com/app\nmod\texample.com/app\tv1.4.0\th1:x=\n"u8.ToArray(),
            content => Programs.OldGo(8, false, "go1.17", Encoding.Latin1.GetString(content)));
        foreach (var form in new[] { "elf64", "elf32", "elf64-big", "pe", "macho" })
        {
            yield return new($"rust-{form}", "rust", $"usr/bin/rust-{form}", """{"packages":[{"name":"serde","version":"1.0.200","source":"crates.io"},{"name":"x","version":"1.0.0"}]}"""u8.ToArray(),
                content => Programs.WithSection(form, Programs.Zlib(content)));
        }

        yield return new("program", "program", "usr/local/bin/node", [0x7f, .. "ELF"u8, .. new byte[64], .. "x node.js/v20.11.1\0"u8, .. new byte[40]]);
        yield return new("program-redis", "program", "usr/local/bin/redis-server", [0x7f, .. "ELF"u8, .. new byte[64], .. "\02.6.0\0\07.2.4\0A7.2.4buildkitsandbox-1706123456000000000\0"u8]);
        yield return new("dotnet-bundle", "dotnet-bundle", "srv/app", Programs.BundledDeps.ToArray(), content => Programs.Bundle(content));
        yield return new("dotnet-assembly", "dotnet-assembly", "opt/tool/NuGet.Versioning.dll", File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "NuGet.Versioning.dll")));
    }

    private static Golden Text(string extractor, string path, string content) => new(extractor, extractor, path, Encoding.UTF8.GetBytes(content));
}
