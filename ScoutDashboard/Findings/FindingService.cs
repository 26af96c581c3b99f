namespace ScoutDashboard.Findings;

/// <summary>Matches components with advisories and keeps findings and the images' counts up to date.</summary>
public sealed class FindingService
{
    /// <summary>Matches every component that needs it, then refreshes the counts of all images that hold one whose findings changed.</summary>
    public Task MatchPendingAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Matches what these images hold, where it needs it, and refreshes their counts, their indexes' and the day's snapshot.</summary>
    public Task MatchImagesAsync(IReadOnlyCollection<long> imageIds, CancellationToken cancellationToken) => throw new NotImplementedException();
}
