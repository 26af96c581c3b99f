using System.Globalization;
using ScoutDashboard.Integrations.Deployments;

namespace ScoutDashboard.Tests.Integrations.Deployments;

public sealed class CostEstimateTests
{
    [Theory]
    [InlineData(0, "0", "0", "0")]
    [InlineData(100, "0", "0", "0")] // 6,000 operations: free
    [InlineData(1_666, "0", "0", "0")] // 99,960 operations: still free
    [InlineData(1_667, "0", "0.000012", "0")] // 100,020: twenty are paid
    [InlineData(100_000, "0", "3.54", "0")] // 6,000,000
    [InlineData(100, "0.03333", "0", "0")] // 99.99 GB: free
    [InlineData(1, "3.33333333", "0", "0")]
    [InlineData(10, "0.5", "0", "5")] // 150 GB: fifty are paid
    [InlineData(100, "0.1", "0", "20")] // 300 GB
    [InlineData(1_000_000, "1000", "35.94", "2999999990")]
    public void OnlyWhatIsBeyondTheFreeAmountIsPaid(int pushes, string gigabytes, string events, string egress)
    {
        var estimate = new CostEstimate(pushes, decimal.Parse(gigabytes, CultureInfo.InvariantCulture));
        Assert.Equal(decimal.Parse(events, CultureInfo.InvariantCulture), estimate.EventDollars);
        Assert.Equal(decimal.Parse(egress, CultureInfo.InvariantCulture), estimate.EgressDollars);
        Assert.Equal(estimate.EventDollars + estimate.EgressDollars, estimate.Dollars);
    }

    [Fact]
    public void ExactlyOneHundredGigabytesAreFree() => Assert.Equal(0m, new CostEstimate(100, 100m / 3000m).EgressDollars, precision: 10);
}
