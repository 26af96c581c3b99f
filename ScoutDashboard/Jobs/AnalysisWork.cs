using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Analysis;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Jobs;

/// <summary>Does one job: finds the image, has it analysed, makes it the repository's latest where it is, and has it matched.</summary>
public sealed class AnalysisWork(
    IDbContextFactory<ScoutDb> databases, RegistryAccessProvider accesses, LatestTag latest, ImageAnalyser analyser, FindingService findings)
{
    public async Task<JobResult> RunAsync(ClaimedJob job, IProgress<AnalysisProgress> progress, CancellationToken cancellationToken)
    {
        if (!await IsEnabledAsync(job.RepositoryId, cancellationToken))
        {
            return JobResult.Cancelled("Image analysis is disabled for this repository.");
        }

        if (await accesses.FindAsync(job.IntegrationId, cancellationToken) is not { } access)
        {
            return JobResult.Cancelled("The integration was removed, or what it signs in by is missing or can't be used.");
        }

        try
        {
            var result = await AnalyseAsync(job, access, progress, cancellationToken);
            await accesses.ReportAsync(job.IntegrationId, null, cancellationToken);
            return result;
        }
        catch (RegistryException exception) when (RegistryHealth.IsAboutTheRegistry(exception))
        {
            await accesses.ReportAsync(job.IntegrationId, exception, cancellationToken);
            throw;
        }
    }

    private async Task<JobResult> AnalyseAsync(ClaimedJob job, RegistryAccess access, IProgress<AnalysisProgress> progress, CancellationToken cancellationToken)
    {
        if (!Digest.TryParse(job.Digest, out var digest))
        {
            progress.Report(new AnalysisProgress("Looking for the latest image", 0, 0, 0, 0));
            if (await latest.FindAsync(access, job, cancellationToken) is not { } found)
            {
                return JobResult.Cancelled("The repository has no images yet.");
            }

            if (!found.IsOurs)
            {
                return JobResult.Cancelled("Another job analyses this image.");
            }

            (digest, job) = (found.Digest, job with { Digest = found.Digest.Value, Tag = found.Tag });
        }

        var request = await DescribeAsync(job, access, digest, cancellationToken);
        AnalysisResult analysed;
        try
        {
            analysed = await analyser.AnalyseAsync(request, progress, cancellationToken);
        }
        finally
        {
            // An image that can't be analysed is the latest all the same: an older one's counts must not stand in for it. Before it is matched, since what it
            // changed against the latest before is written down then.
            await RefreshLatestAsync(job.RepositoryId, CancellationToken.None);
        }

        progress.Report(new AnalysisProgress("Matching advisories", 1, 1, 0, 0));
        await findings.MatchImagesAsync(analysed.AnalysedImageIds, cancellationToken);
        return JobResult.Succeeded;
    }

    private async Task<AnalysisRequest> DescribeAsync(ClaimedJob job, RegistryAccess access, Digest digest, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var tag = await db.Tags.Where(t => t.RepositoryId == job.RepositoryId && t.Digest == digest.Value)
            .OrderByDescending(t => t.Name == job.Tag).ThenByDescending(t => t.PushedAt)
            .Select(t => new { t.Name, t.PushedAt })
            .FirstOrDefaultAsync(cancellationToken);
        DateTime? pushedAt = tag?.PushedAt ?? (job.Reason == JobReason.Push ? job.CreatedAt : null);
        return new AnalysisRequest(access, job.RepositoryId, job.Repository, digest, tag?.Name, pushedAt);
    }

    private async Task<bool> IsEnabledAsync(long repositoryId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Repositories.AnyAsync(r => r.Id == repositoryId && r.Enabled, cancellationToken);
    }

    private async Task RefreshLatestAsync(long repositoryId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        await LatestImage.RefreshAsync(db, [repositoryId], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
