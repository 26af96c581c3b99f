using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Access;

/// <summary>Adds a passkey to the account of whoever is signed in, after their password.</summary>
public sealed class PasskeyCreation(IHttpContextAccessor context, IPasskeyHandler<Account> handler, PasskeyChallenges challenges, Reauthentication reauthentication, IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    // WebAuthn level 3, section 5.8.4.
    private static readonly string[] Ways = ["usb", "nfc", "ble", "smart-card", "hybrid", "internal"];

    private HttpContext Http => context.HttpContext!;

    /// <summary>A challenge for a new passkey, as JSON for the browser; null with the reason where there is none.</summary>
    public async Task<(PasskeyOutcome Outcome, string? Options)> BeginAsync(string password)
    {
        var actor = Visitor.ActorOf(Http.User);
        switch (await reauthentication.AskAsync(actor, password, Http.RequestAborted))
        {
            case PasswordAnswer.TooMany: return (PasskeyOutcome.TooMany, null);
            case PasswordAnswer.NoPassword: return (PasskeyOutcome.NoPassword, null);
            case PasswordAnswer.Wrong: return (PasskeyOutcome.WrongPassword, null);
        }

        var made = await handler.MakeCreationOptionsAsync(new PasskeyUserEntity { Id = actor.AccountId, Name = actor.Name, DisplayName = actor.Name }, Http);
        challenges.Begin(Http, PasskeyPurpose.Creation, actor.AccountId, made.AttestationState ?? "");
        return (PasskeyOutcome.Done, made.CreationOptionsJson);
    }

    /// <param name="credential">What the browser answered, as JSON.</param>
    /// <param name="name">What the person calls it; where they did not say, their browser.</param>
    public async Task<PasskeyOutcome> FinishAsync(string credential, string name)
    {
        var actor = Visitor.ActorOf(Http.User);
        if (challenges.Find(Http, PasskeyPurpose.Creation, actor.AccountId) is not { } challenge)
        {
            return PasskeyOutcome.Expired;
        }

        var result = await handler.PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = Http, CredentialJson = credential, AttestationState = challenge.State });
        if (!result.Succeeded || !challenges.TryUse(Http, challenge))
        {
            return PasskeyOutcome.Refused;
        }

        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Viewer, clock, Http.RequestAborted);
        if (await change.Db.Passkeys.CountAsync(p => p.AccountId == actor.AccountId, Http.RequestAborted) >= PasskeyService.Max)
        {
            return PasskeyOutcome.Full;
        }

        var passkey = result.Passkey;
        var text = PasskeyService.NameOf(name) is { Length: > 0 } given ? given : BrowserName.Of(Http.Request.Headers.UserAgent.ToString()) ?? "Passkey";
        change.Db.Passkeys.Add(new Passkey
        {
            AccountId = actor.AccountId, CredentialId = passkey.CredentialId, PublicKey = passkey.PublicKey, Name = text, CreatedAt = change.Now, SignCount = passkey.SignCount,
            Transports = string.Join(',', (passkey.Transports ?? []).Where(way => Ways.Contains(way)).Distinct()), IsBackupEligible = passkey.IsBackupEligible, IsBackedUp = passkey.IsBackedUp,
        });
        change.Note(AuditAction.PasskeyAdded, actor.Name, text, actor.AccountId);
        try
        {
            await change.CommitAsync(Http.RequestAborted);
            return PasskeyOutcome.Done;
        }
        catch (DbUpdateException exception) when (change.Db.IsDuplicate(exception))
        {
            return PasskeyOutcome.Refused;
        }
    }
}
