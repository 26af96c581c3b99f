using System.Text;
using System.Text.Json;

namespace ScoutDashboard.Tests.Analysis.Attestations;

/// <summary>Attestations as tools write them.</summary>
internal static class Claims
{
    public const string InToto = "application/vnd.in-toto+json";
    public const string Spdx = "application/spdx+json";
    public const string CycloneDx = "application/vnd.cyclonedx+json";
    public const string Envelope = "application/vnd.dsse.envelope.v1+json";
    public const string Bundle = "application/vnd.dev.sigstore.bundle.v0.3+json";
    public const string SpdxPredicate = "https://spdx.dev/Document";

    /// <summary>What Syft writes for BuildKit: the folder that it scanned is a package, too.</summary>
    public static string SpdxText(params string[] purls) => $$$"""
        {"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT","name":"sbom",
         "creationInfo":{"licenseListVersion":"3.23","creators":["Organization: Anchore, Inc","Tool: syft-v1.8.0","Tool: buildkit-v0.15.1"],"created":"2026-11-20T10:11:12Z"},
         "packages":[{"name":"sbom","SPDXID":"SPDXRef-DocumentRoot-Directory-sbom","versionInfo":"1","primaryPackagePurpose":"FILE"},
         {"name":"/run/src/core/sbom","SPDXID":"SPDXRef-Root","versionInfo":"2"},
         {"name":"debian","SPDXID":"SPDXRef-OperatingSystem","versionInfo":"12","primaryPackagePurpose":"OPERATING-SYSTEM"},
         {"name":"app","SPDXID":"SPDXRef-Image","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:oci/app@sha256%3Aabc"}]}
         {{{string.Concat(purls.Select((purl, at) => $$$"""
            ,{"name":"p{{{at}}}","SPDXID":"SPDXRef-P{{{at}}}","versionInfo":"9","externalRefs":[{"referenceCategory":"SECURITY","referenceType":"cpe23Type","referenceLocator":"cpe:2.3:a"},
            {"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":{{{JsonSerializer.Serialize(purl)}}}}]}
            """))}}}],
         "files":[{"fileName":"/bin/sh","SPDXID":"SPDXRef-File"}],
         "relationships":[{"spdxElementId":"SPDXRef-DOCUMENT","relatedSpdxElement":"SPDXRef-Root","relationshipType":"DESCRIBES"}]}
        """;

    public static string CycloneDxText(string version = "1.6") => $$$"""
        {"$schema":"http://cyclonedx.org/schema/bom-{{{version}}}.schema.json","bomFormat":"CycloneDX","specVersion":"{{{version}}}","version":1,
         "metadata":{"timestamp":"2026-11-20T10:11:12+02:00","tools":{"components":[{"type":"application","group":"aquasecurity","name":"trivy","version":"0.57.0"}]},
           "component":{"type":"container","name":"app","purl":"pkg:oci/app@sha256%3Aabc"} },
         "components":[{"type":"operating-system","name":"debian","version":"12"},{"type":"file","name":"bin/sh"},
          {"type":"application","name":"usr/bin/app","components":[{"type":"library","group":"org.a","name":"b","version":"1","purl":"pkg:maven/org.a/b@1","components":[
            {"type":"library","group":"org.a","name":"c","version":"2"}]}]},
          {"type":"library","name":"left-pad","version":"1.0","purl":"pkg:npm/left-pad@1.0"},{"type":"framework","name":"nameless"}]}
        """;

    public static string ProvenanceV02(string more = "") => $$$"""
        {"builder":{"id":"https://ci.example.org/runs/7"},"buildType":"https://mobyproject.org/buildkit@v1",
         "materials":[{"uri":"pkg:docker/docker/buildkit-syft-scanner@stable-1","digest":{"sha256":"{{{new string('a', 64)}}}"} },
          {"uri":"pkg:docker/debian@12-slim?platform=linux%2Famd64","digest":{"sha256":"{{{new string('b', 64)}}}"} },
          {{{more}}}{"uri":"https://user:secret@github.com/team/app.git#refs/heads/main","digest":{"sha1":"0123abcd"} }],
         "invocation":{"configSource":{"uri":"https://user:secret@github.com/team/app.git#refs/heads/main","digest":{"sha1":"0123abcd"},"entryPoint":"Dockerfile"},"parameters":{"frontend":"dockerfile.v0"} },
         "metadata":{"buildInvocationID":"m1x2","buildStartedOn":"2026-11-20T10:00:00Z","buildFinishedOn":"2026-11-20T10:05:00Z","reproducible":false} }
        """;

    public static string ProvenanceV1() => $$$"""
        {"buildDefinition":{"buildType":"https://actions.github.io/buildtypes/workflow/v1",
          "externalParameters":{"workflow":{"ref":"refs/heads/main","repository":"https://github.com/team/app","path":".github/workflows/build.yml"} },
          "resolvedDependencies":[{"uri":"git+https://github.com/team/app@refs/heads/main","digest":{"gitCommit":"89ab"} },
           {"uri":"pkg:docker/registry.example.org/base/runtime@8.0?digest=sha256:{{{new string('c', 64)}}}"}]},
         "runDetails":{"builder":{"id":"https://github.com/actions/runner/github-hosted"},"metadata":{"invocationId":"https://github.com/team/app/actions/runs/1/attempts/1"} } }
        """;

    /// <summary>An in-toto statement; the claim stands before its type, as order means nothing in JSON.</summary>
    public static string Statement(string predicateType, string predicate, params string[] subjects) =>
        $$$"""{"predicate":{{{predicate}}},"_type":"https://in-toto.io/Statement/v0.1","predicateType":"{{{predicateType}}}","subject":[{{{string.Join(',', subjects.Select(digest => $$$"""{"name":"_","digest":{"sha256":"{{{digest.Replace("sha256:", "", StringComparison.Ordinal)}}}"} }"""))}}}]}""";

    public static string Sealed(string statement, string payloadType = InToto) =>
        $$$"""{"payloadType":"{{{payloadType}}}","payload":"{{{Convert.ToBase64String(Encoding.UTF8.GetBytes(statement))}}}","signatures":[{"sig":"bm90aGluZw=="}]}""";

    public static string Bundled(string envelope) => $$$"""{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"certificate":{"rawBytes":""}},"dsseEnvelope":{{{envelope}}}}""";

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
