using ScoutDashboard.Azure;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Cleanup;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Cleanup;

/// <summary>A clean-up deletes what it told, ticks off what is gone, and ends the same wherever it was stopped.</summary>
public sealed class AzureCleanupTests
{
    [Fact]
    public async Task WhatTheIntegrationMadeIsListedDeletedVerifiedAndTickedOff()
    {
        await using var room = await CleanupRoom.CreateAsync();

        var plan = await room.PlanAsync();
        Assert.Equal(
            [
                (AzureResourceKind.EventSubscription, AzureNames.EventSubscription, CleanupVerdict.Delete), (AzureResourceKind.SystemTopic, AzureNames.SystemTopic, CleanupVerdict.Delete),
                (AzureResourceKind.Token, AzureNames.Token, CleanupVerdict.Delete),
            ],
            plan.Items.Select(item => (item.Resource.Kind, item.Resource.Name, item.Verdict)));
        Assert.Equal(3, room.Left.Count);
        var told = await room.RunAsync(plan);

        Assert.Equal([CleanupStepState.Running, CleanupStepState.Waiting, CleanupStepState.Waiting], told[0].Steps.Select(step => step.State));
        Assert.Equal([CleanupStepState.Gone, CleanupStepState.Running, CleanupStepState.Waiting], told[2].Steps.Select(step => step.State));
        Assert.True(told[^1].IsClean);
        Assert.Empty(room.Left);
        Assert.NotNull(room.Arm.World.Find(room.Registry));
        Assert.Empty(await room.RemindersAsync());
        Assert.Equal(("ada", "contoso.azurecr.io", "image-change, docker-scout-repository, docker-scout-readonly-token"),
            (await room.AuditAsync(AuditAction.CleanupStarted)).Select(line => (line.Name, line.Subject, line.Detail)).Single());
        Assert.Equal(["docker-scout-repository, gone in Azure", "docker-scout-readonly-token, gone in Azure"], (await room.AuditAsync(AuditAction.ReminderTickedOff)).Select(line => line.Detail));
        // After each deletion Azure is asked once more.
        var calls = room.Arm.Calls.Select(call => call.Call).ToList();
        foreach (var id in new[] { room.Topic, room.Token })
        {
            Assert.True(calls.LastIndexOf($"GET {id}") > calls.IndexOf($"DELETE {id}"));
        }

        var role = new AzurePermission(AzureRole.Actions, []);
        Assert.DoesNotContain(room.Arm.Calls, call => !role.Allows(call.Action));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ASubscriptionOfAnotherNameThatSendsHereIsFoundBesideOneOfSomebodyElses(bool isThereAnother)
    {
        await using var room = await CleanupRoom.CreateAsync();
        var webhook = (string)room.Arm.World.Find(room.Subscription)!["secret"]!;
        room.Arm.World.Resources.Remove(room.Subscription);
        room.Arm.World.AddSubscription(room.Topic, "added-in-the-portal", webhook);
        if (isThereAnother)
        {
            room.Arm.World.AddSubscription(room.Topic, AzureNames.EventSubscription, "https://hooks.example.net/events");
        }

        var plan = await room.PlanAsync();
        var told = (await room.RunAsync(plan))[^1];

        var kept = isThereAnother ? CleanupVerdict.Ask : CleanupVerdict.Delete;
        (string, CleanupVerdict)[] events = [("added-in-the-portal", CleanupVerdict.Delete), .. isThereAnother ? [(AzureNames.EventSubscription, CleanupVerdict.Ask)] : Array.Empty<(string, CleanupVerdict)>()];
        Assert.Equal([.. events, (AzureNames.SystemTopic, kept), (AzureNames.Token, kept)], plan.Items.Select(item => (item.Resource.Name, item.Verdict)));
        Assert.Null(room.Arm.World.Find($"{room.Topic}/eventSubscriptions/added-in-the-portal"));
        Assert.Equal((!isThereAnother, isThereAnother), (told.IsClean, room.Arm.World.Find(room.Subscription) is not null));
        Assert.Equal(isThereAnother, room.Arm.World.Find(room.Topic) is not null);
    }

    [Fact]
    public async Task WhatIsGoneAlreadyIsTickedOffAndNothingDeleted()
    {
        await using var room = await CleanupRoom.CreateAsync();
        room.Arm.World.Resources.Remove(room.Topic);
        room.Arm.World.Resources.Remove(room.Token);

        var plan = await room.PlanAsync();
        var told = (await room.RunAsync(plan))[^1];

        Assert.All(plan.Items, item => Assert.Equal(CleanupVerdict.Gone, item.Verdict));
        Assert.True(told.IsClean);
        Assert.Empty(await room.RemindersAsync());
        Assert.DoesNotContain(room.Arm.Calls, call => call.Call.StartsWith("DELETE", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ResourceGroupNotFound", true)]
    [InlineData("SubscriptionNotFound", false)]
    public async Task AGroupThatIsGoneTookAllWithItButASubscriptionThatIsNotSeenProvesNothing(string code, bool isGone)
    {
        await using var room = await CleanupRoom.CreateAsync();
        var seen = await room.PlanAsync();
        room.Refuse((_, path) => path.Contains("/resourceGroups/", StringComparison.OrdinalIgnoreCase), 404, code);

        var outcome = await room.Cleanup.PlanAsync(TestActor.Administrator, room.Id, default);
        var told = (await room.RunAsync(seen))[^1];

        Assert.Equal(isGone, outcome is CleanupPlanOutcome.Seen);
        Assert.All(told.Steps, step => Assert.Equal(isGone ? CleanupStepState.Gone : CleanupStepState.Failed, step.State));
        Assert.Equal(isGone ? 0 : 2, (await room.RemindersAsync()).Count);
    }

    [Fact]
    public async Task APageOfAProxyThatFindsNothingIsNoProofThatAnythingIsGone()
    {
        await using var room = await CleanupRoom.CreateAsync();
        var plan = await room.PlanAsync();
        room.Arm.Trouble = async context =>
        {
            context.Response.StatusCode = 404;
            await context.Response.Body.WriteAsync("<html><body>Not found</body></html>"u8.ToArray());
            return true;
        };

        var told = (await room.RunAsync(plan))[^1];

        Assert.All(told.Steps, step => Assert.Equal(CleanupStepState.Failed, step.State));
        Assert.Equal(2, (await room.RemindersAsync()).Count);
    }

    [Theory]
    [InlineData(403, "AuthorizationFailed")]
    [InlineData(409, "ScopeLocked")]
    [InlineData(429, "TooManyRequests")]
    [InlineData(503, "ServerTimeout")]
    public async Task WhatFailsStaysAsAReminderWithItsReasonAndTheRestGoesOn(int status, string code)
    {
        await using var room = await CleanupRoom.CreateAsync();
        var plan = await room.PlanAsync();
        room.Refuse((method, path) => method == "DELETE" && path.Contains("systemTopics", StringComparison.OrdinalIgnoreCase), status, code);

        var told = (await room.RunAsync(plan))[^1];

        Assert.Equal([CleanupStepState.Failed, CleanupStepState.Failed, CleanupStepState.Gone], told.Steps.Select(step => step.State));
        Assert.All(told.Steps.Take(2), step => Assert.True(step.Message.Contains(code, StringComparison.Ordinal) && step.Remedy.Length > 0));
        var reminder = Assert.Single(await room.Room.Removals.ListRemindersAsync(1, default));
        Assert.Equal((AzureNames.SystemTopic, told.Steps[1].Message, told.Steps[1].Remedy), (reminder.ResourceName, reminder.Reason, reminder.Remedy));

        room.Refuse((_, _) => false, 0, "");
        Assert.True((await room.RunAsync(await room.PlanAsync()))[^1].IsClean);
        Assert.Empty(room.Left);
        Assert.Empty(await room.RemindersAsync());
    }

    [Fact]
    public async Task AnAnswerThatGotLostAfterTheDeletionIsNoFailure()
    {
        await using var room = await CleanupRoom.CreateAsync();
        var plan = await room.PlanAsync();
        room.Refuse(
            (method, path) => method == "DELETE" && path.EndsWith(AzureNames.Token, StringComparison.Ordinal) && (room.Arm.World.Resources.Remove(room.Token) || true), 504, "GatewayTimeout");

        Assert.True((await room.RunAsync(plan))[^1].IsClean);
        Assert.Empty(await room.RemindersAsync());
    }

    [Fact]
    public async Task WhatAzureCallsDeletedButStillShowsIsNotTickedOff()
    {
        await using var room = await CleanupRoom.CreateAsync();
        var plan = await room.PlanAsync();
        room.Arm.Trouble = context =>
        {
            context.Response.StatusCode = 204;
            return Task.FromResult(context.Request.Method == "DELETE" && context.Request.Path.Value!.EndsWith(AzureNames.Token, StringComparison.Ordinal));
        };

        var told = (await room.RunAsync(plan))[^1];

        Assert.Equal((CleanupStepState.Failed, "Azure says that it is deleted, and still shows it."), (told.Steps[2].State, told.Steps[2].Message));
        Assert.Equal([(AzureNames.Token, "Azure says that it is deleted, and still shows it.")], await room.RemindersAsync());
    }

    [Fact]
    public async Task WhereverItIsStoppedAnotherStartEndsInTheSameState()
    {
        for (var last = 1; ; last++)
        {
            await using var room = await CleanupRoom.CreateAsync();
            var plan = await room.PlanAsync();
            var calls = 0;
            using var killed = new CancellationTokenSource();
            room.Arm.Trouble = async _ =>
            {
                // Between any two calls; what was asked for last is done by Azure, or not.
                await (++calls == last ? killed.CancelAsync() : Task.CompletedTask);
                return false;
            };
            try
            {
                await room.Cleanup.RunAsync(TestActor.Administrator, plan, new CleanupConsent("contoso", []), killed.Token).ToListAsync(CancellationToken.None);
                Assert.True(last > 10 && calls < last, "It was never stopped.");
                return;
            }
            catch (OperationCanceledException)
            {
                // Nothing that is still there was ticked off.
                Assert.All(room.Left.Except([AzureNames.EventSubscription]), name => Assert.Contains(room.Room.Removals.ListRemindersAsync(1, default).Result, task => task.ResourceName == name));
            }

            room.Arm.Trouble = _ => Task.FromResult(false);
            Assert.True((await room.RunAsync(await room.PlanAsync()))[^1].IsClean);
            Assert.Empty(room.Left);
            Assert.Empty(await room.RemindersAsync());
            Assert.Equal(2, (await room.AuditAsync(AuditAction.ReminderTickedOff)).Count);
        }
    }

    [Fact]
    public async Task WhoseConsentEndedMeanwhileIsToldThatAndNotThatTheyTypedWrongly()
    {
        await using var room = await CleanupRoom.CreateAsync();
        var plan = await room.PlanAsync();

        var told = (await room.Room.Cleanup(room.Arm.Consenting(new HastyClock())).RunAsync(TestActor.Administrator, plan, new CleanupConsent("contoso", []), default).ToListAsync())[^1];

        Assert.All(told.Steps, step => Assert.Equal((CleanupStepState.Left, "Your consent to act in Azure has ended.", "Consent again on this page, then delete."), (step.State, step.Message, step.Remedy)));
        Assert.Equal(3, room.Left.Count);
    }

    [Fact]
    public async Task BeforeItIsRemovedItsPlanIsSeenButNothingDeleted()
    {
        await using var room = await CleanupRoom.CreateAsync(isRemoved: false);

        var plan = await room.PlanAsync();
        Assert.All(plan.Items, item => Assert.Equal(CleanupVerdict.Delete, item.Verdict));
        Assert.All((await room.RunAsync(plan))[^1].Steps, step => Assert.Equal(CleanupStepState.Left, step.State));

        Assert.Equal(3, room.Left.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("contos")]
    [InlineData("contoso.azurecr.io")]
    public async Task WithoutTheRegistrysNameNothingHappens(string typed)
    {
        await using var room = await CleanupRoom.CreateAsync();
        var plan = await room.PlanAsync();
        room.Arm.Calls.Clear();

        var told = Assert.Single(await room.Cleanup.RunAsync(TestActor.Administrator, plan, new CleanupConsent(typed, []), default).ToListAsync());

        Assert.All(told.Steps, step => Assert.Equal(CleanupStepState.Left, step.State));
        Assert.Empty(room.Arm.Calls);
        Assert.Empty(await room.AuditAsync(AuditAction.CleanupStarted));
    }

    [Fact]
    public async Task WithoutAnIdentityOrAPlaceNothingIsAskedOrOffered()
    {
        await using var room = await CleanupRoom.CreateAsync();
        var typed = await room.Room.AddAsync("fabrikam.azurecr.io");
        await room.Room.Removals.RemoveAsync(TestActor.Administrator, typed, eraseResults: false, default);

        Assert.Equal([room.Id], await room.Cleanup.ListPossibleAsync(TestActor.Administrator, default));
        Assert.Empty(await room.Cleanup.ListPossibleAsync(TestActor.Stranger, default));
        Assert.Null(await room.Cleanup.PlanAsync(TestActor.Administrator, typed, default));
        Assert.Null(await room.Cleanup.PlanAsync(TestActor.Stranger, room.Id, default));
        Assert.Empty(await room.Room.Cleanup().ListPossibleAsync(TestActor.Administrator, default));
        Assert.Null(await room.Room.Cleanup().PlanAsync(TestActor.Administrator, room.Id, default));
        Assert.Empty(room.Arm.Calls);
    }

    [Fact]
    public async Task WhoIsDemotedMeanwhileDeletesNothingMore()
    {
        await using var room = await CleanupRoom.CreateAsync();
        var plan = await room.PlanAsync();
        await Assert.ThrowsAsync<ForbiddenException>(async () =>
        {
            await foreach (var progress in room.Cleanup.RunAsync(TestActor.Administrator, plan, new CleanupConsent("contoso", []), default))
            {
                if (progress.Steps[0].State == CleanupStepState.Gone)
                {
                    await using var db = room.Room.Database.CreateDbContext();
                    db.Users.Single(account => account.Id == TestActor.Administrator.AccountId).Role = MemberRole.Editor;
                    await db.SaveChangesAsync();
                }
            }
        });

        Assert.Equal([AzureNames.SystemTopic, AzureNames.Token], room.Left);
    }
}
