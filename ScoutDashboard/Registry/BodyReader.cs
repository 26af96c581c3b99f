namespace ScoutDashboard.Registry;

/// <summary>Reads a small body whole, up to a limit.</summary>
internal static class BodyReader
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <param name="response">The answer.</param>
    /// <param name="maxBytes">More is an error, never cut silently.</param>
    /// <param name="what">What it is, for a person.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage response, int maxBytes, string what, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(either.Token);
            using var body = new MemoryStream();
            var buffer = new byte[16 * 1024];
            int read;
            while ((read = await stream.ReadAsync(buffer, either.Token)) > 0)
            {
                if (body.Length + read > maxBytes)
                {
                    throw new RegistryException(RegistryError.TooLarge, $"The registry's {what} is larger than {maxBytes} bytes.");
                }

                body.Write(buffer, 0, read);
            }

            return body.ToArray();
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RegistryException(RegistryError.Timeout, $"The registry did not finish sending its {what} in time.", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new RegistryException(RegistryError.Truncated, $"The registry's {what} ended in the middle.", exception);
        }
    }

    /// <summary>The beginning of an error's body as text that is safe to show; "" where it can't be read.</summary>
    public static async Task<string> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return System.Text.Encoding.UTF8.GetString(await ReadAsync(response, 64 * 1024, "error", cancellationToken));
        }
        catch (RegistryException)
        {
            return "";
        }
    }
}
