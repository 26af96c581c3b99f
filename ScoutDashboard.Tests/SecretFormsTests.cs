using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests;

public sealed class SecretFormsTests
{
    private const string Secret = "päss & <wörd>/+?~";

    public static TheoryData<string, Func<string, byte[]>> Writers => new()
    {
        { "as it is", Encoding.UTF8.GetBytes },
        { "UTF-16", Encoding.Unicode.GetBytes },
        { "base64", text => Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(text))) },
        { "base64url", text => Encoding.UTF8.GetBytes(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text))) },
        { "hexadecimal", text => Encoding.UTF8.GetBytes(Convert.ToHexString(Encoding.UTF8.GetBytes(text))) },
        { "small hexadecimal", text => Encoding.UTF8.GetBytes(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text))) },
        { "an address", text => Encoding.UTF8.GetBytes(Uri.EscapeDataString(text)) },
        { "a form", text => Encoding.UTF8.GetBytes(WebUtility.UrlEncode(text)) },
        { "HTML", text => Encoding.UTF8.GetBytes(WebUtility.HtmlEncode(text)) },
        { "JSON", text => JsonSerializer.SerializeToUtf8Bytes(text) },
    };

    // Of base64 the three beginnings and the three ends that there are.
    [Theory]
    [MemberData(nameof(Writers))]
    public void ASecretIsFoundHoweverItIsWrittenAndWhateverStandsAroundIt(string name, Func<string, byte[]> write)
    {
        foreach (var around in new[] { ("", ""), ("a", "z"), ("ab", "yz"), ("abc", "xyz"), ("user:", "") })
        {
            Assert.True(SecretForms.Holds(write($"{around.Item1}{Secret}{around.Item2}"), Secret), $"{name}, {around}");
            Assert.False(SecretForms.Holds(write($"{around.Item1}{Secret.Remove(7, 1)}{around.Item2}"), Secret), $"{name}, {around}, but for one character");
        }
    }
}
