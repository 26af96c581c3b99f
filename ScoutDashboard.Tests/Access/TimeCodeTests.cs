using System.Text;
using ScoutDashboard.Access;

namespace ScoutDashboard.Tests.Access;

public sealed class TimeCodeTests
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("12345678901234567890");
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_234_567_890);

    // RFC 6238, appendix B, of which six digits are the last of eight.
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1_111_111_109, "081804")]
    [InlineData(1_111_111_111, "050471")]
    [InlineData(1_234_567_890, "005924")]
    [InlineData(2_000_000_000, "279037")]
    [InlineData(20_000_000_000, "353130")]
    public void TheCodesAreThoseOfTheStandard(long seconds, string code) => Assert.Equal(code, TimeCode.CodeAt(Key, DateTimeOffset.FromUnixTimeSeconds(seconds)));

    [Theory]
    [InlineData(-60, null)]
    [InlineData(-30, 41_152_262L)]
    [InlineData(0, 41_152_263L)]
    [InlineData(29, 41_152_263L)]
    [InlineData(30, 41_152_264L)]
    [InlineData(60, null)]
    public void TheCodesBeforeAndAfterCountAndNoOthers(int seconds, long? step) => Assert.Equal(step, TimeCode.StepOf(Key, TimeCode.CodeAt(Key, Now.AddSeconds(seconds)), Now));

    [Theory]
    [InlineData("")]
    [InlineData("5924")]
    [InlineData("005924 ")]
    [InlineData("0005924")]
    [InlineData("٠٠٥٩٢٤")]
    public void WhatOnlyLooksLikeTheCodeIsNone(string code) => Assert.Null(TimeCode.StepOf(Key, code, Now));

    // RFC 4648, section 10.
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void KeysAreWrittenAsTheStandardSays(string bytes, string text) => Assert.Equal(text, Base32.Encode(Encoding.ASCII.GetBytes(bytes)));

    [Fact]
    public void AnAppReadsKeyNameAndServiceFromTheAddress() => Assert.Equal(
        "otpauth://totp/ScoutDashboard%20scout.example.com:ada%3F%26?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=ScoutDashboard%20scout.example.com&digits=6&period=30",
        TimeCode.Address(Key, "ScoutDashboard scout.example.com", "ada?&"));
}
