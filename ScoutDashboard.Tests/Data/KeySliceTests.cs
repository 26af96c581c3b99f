using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.Data;

public sealed class KeySliceTests
{
    [Fact]
    public void NothingAskedForIsNoSlice() => Assert.Empty(KeySlice.Of([]));

    [Fact]
    public void FewPairsAreOneSliceWithEachOwnerAndKeyOnce()
    {
        var slice = Assert.Single(KeySlice.Of([(1, "a"), (2, "a"), (1, "b"), (1, "a")]));

        Assert.Equal([1, 2], slice.Owners);
        Assert.Equal(["a", "b"], slice.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void KeysThatDifferInCaseAreTwo() => Assert.Equal(["A", "a"], Assert.Single(KeySlice.Of([(1, "A"), (1, "a")])).Keys);

    [Theory]
    [InlineData(1, 4096, 1)]
    [InlineData(64, 64, 64)]
    [InlineData(65, 64, 65)]
    [InlineData(5000, 1, 1)]
    [InlineData(3, 10_000, 1)]
    public void EachPairIsInOneSliceWhichIsNoLargerThanAnOwnersOwnKeys(int owners, int keys, int sharing)
    {
        // As many owners as share have the same keys; the others' are their own.
        List<(long Owner, string Key)> pairs = [..
            from owner in Enumerable.Range(1, owners)
            from key in Enumerable.Range(1, keys)
            select ((long)owner, $"{owner / sharing}/{key}")];

        var slices = KeySlice.Of(pairs).ToList();

        var places = slices.SelectMany((slice, at) => slice.Owners.Select(id => (id, at))).ToDictionary(pair => pair.id, pair => pair.at);
        Assert.All(pairs.GroupBy(pair => pair.Owner), own => Assert.Superset(own.Select(pair => pair.Key).ToHashSet(), slices[places[own.Key]].Keys.ToHashSet()));
        Assert.Equal(owners, places.Count);
        Assert.All(slices, slice => Assert.True(slice.Owners.Count == 1 || slice.Owners.Count * slice.Keys.Count <= 4096));
    }
}
