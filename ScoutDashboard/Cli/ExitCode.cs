namespace ScoutDashboard.Cli;

/// <summary>What a verb tells the shell.</summary>
internal static class ExitCode
{
    public const int Good = 0;

    /// <summary>Wrong usage, or there is no such image, or it can't be read: there is no result.</summary>
    public const int Failed = 1;

    /// <summary>There is a result, but some lines of the input could not be read.</summary>
    public const int BadInput = 2;

    /// <summary>There is a result, and it is what was asked to be told by the exit code: vulnerabilities that no exception covers. As <c>docker scout</c> has it.</summary>
    public const int Found = 2;

    /// <summary>There is a result, but something of the image was not read or not understood.</summary>
    public const int Gaps = 3;

    /// <summary>Azure refused or failed something, or something there is not as it should be; what was done stays, and the verb may be repeated.</summary>
    public const int Incomplete = 3;

    /// <summary>Stopped from the keyboard, as shells count it (128 + SIGINT).</summary>
    public const int Stopped = 130;
}
