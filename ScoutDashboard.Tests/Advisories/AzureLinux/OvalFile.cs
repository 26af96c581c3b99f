using System.Globalization;
using System.Text;

namespace ScoutDashboard.Tests.Advisories.AzureLinux;

/// <summary>Writes OVAL definitions as Microsoft publishes those of Azure Linux: one package and version each, definitions before what they refer to.</summary>
internal sealed class OvalFile(string product = "azurelinux")
{
    private readonly StringBuilder _definitions = new(), _tests = new(), _objects = new(), _states = new();

    /// <summary>A definition whose test compares the package's version.</summary>
    public OvalFile Add(
        string number, string cve, string package, string evr, string operation = "less than", string patchable = "true", string severity = "High", string date = "2026-01-20T21:31:32Z", string? advisoryId = null)
    {
        AddDefinition(number, cve, $"""<criteria operator="AND"><criterion comment="-" test_ref="{Id("tst", number)}000"/></criteria>""", patchable, severity, date, advisoryId ?? $"{number}-1");
        return AddTest($"{number}000", package, evr, operation);
    }

    public OvalFile AddDefinition(string number, string cve, string criteria, string patchable = "true", string severity = "High", string date = "2026-01-20T21:31:32Z", string? advisoryId = "1-1", string kind = "vulnerability")
    {
        _definitions.Append(CultureInfo.InvariantCulture, $"""
            <definition class="{kind}" id="{Id("def", number)}" version="1">
              <metadata>
                <title>{cve} affecting package of definition {number}</title>
                <affected family="unix"><platform>Azure Linux</platform></affected>
                <reference ref_id="{cve}" ref_url="https://nvd.nist.gov/vuln/detail/{cve}" source="CVE"/>
                <patchable>{patchable}</patchable>
                <advisory_date>{date}</advisory_date>
                {(advisoryId is null ? "" : $"<advisory_id>{advisoryId}</advisory_id>")}
                <severity>{severity}</severity>
                <description>{cve}. A patched version of the package is available.</description>
              </metadata>
              {criteria}
            </definition>
            """);
        return this;
    }

    public OvalFile AddTest(string number, string package, string evr, string operation, string check = "at least one")
    {
        _tests.Append(CultureInfo.InvariantCulture, $"""<linux-def:rpminfo_test check="{check}" comment="-" id="{Id("tst", number)}" version="1"><linux-def:object object_ref="{Id("obj", number)}"/><linux-def:state state_ref="{Id("ste", number)}"/></linux-def:rpminfo_test>""");
        _objects.Append(CultureInfo.InvariantCulture, $"""<linux-def:rpminfo_object id="{Id("obj", number)}" version="1"><linux-def:name>{package}</linux-def:name></linux-def:rpminfo_object>""");
        _states.Append(CultureInfo.InvariantCulture, $"""<linux-def:rpminfo_state id="{Id("ste", number)}" version="1"><linux-def:evr datatype="evr_string" operation="{operation}">{evr}</linux-def:evr></linux-def:rpminfo_state>""");
        return this;
    }

    public string Id(string kind, string number) => $"oval:com.microsoft.{product}:{kind}:{number}";

    public override string ToString() => $"""
        <oval_definitions xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5" xmlns:oval="http://oval.mitre.org/XMLSchema/oval-common-5" xmlns:linux-def="http://oval.mitre.org/XMLSchema/oval-definitions-5#linux">
          <generator><oval:product_name>Azure Linux OVAL Definition Generator</oval:product_name><oval:timestamp>2026-01-22T13:11:40.643166655Z</oval:timestamp></generator>
          <definitions>{_definitions}</definitions>
          <tests>{_tests}</tests>
          <objects>{_objects}</objects>
          <states>{_states}</states>
        </oval_definitions>
        """;
}
