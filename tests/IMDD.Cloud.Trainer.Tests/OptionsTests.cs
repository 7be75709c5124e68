using IMDD.Cloud.Trainer.Snapshots;
using IMDD.Contracts.Identity;
using IMDD.Hosting;

namespace IMDD.Cloud.Trainer.Tests;

/// <summary>Options are checked at start, all at once.</summary>
public sealed class OptionsTests
{
    [Fact]
    public async Task Options_ManyWrong_AllAreNamed()
    {
        var (exitCode, text) = await RunAsync(
            "Schedule=at noon", "TimeZone=Mars/Olympus", "Program=/nowhere/train", "RegistryUrl=ftp://registry", "Gate:LabelledShare=0.95", "Gate:Split=best", "Gate:Limits=recal=0.1",
            "Training:Batch=1", "Training:Clip=/nowhere/clip", "Promote=Challenger", "ChallengerAgents:0=box7", "ChallengerAgents:1=acme/ulm/paint/line2/cell3/box7:left", "Model=a/b", "InstanceName=No Name", "Leases=1", "MaxRaterShare=0");

        exitCode.ShouldBe(ExitCodes.ConfigurationInvalid);
        foreach (var key in (string[])["Schedule", "TimeZone", "Program", "RegistryUrl", "Gate:LabelledShare", "Gate:Split", "Gate:Limits", "Training:Batch", "Training:Clip: is '/nowhere/clip'", "Training:Tokenizer: is missing", "ChallengerAgents:0", "Model", "InstanceName", "Leases", "MaxRaterShare"])
        {
            text.ShouldContain($"Trainer:{key}");
        }

        text.ShouldNotContain("ChallengerAgents:1", customMessage: "a named group of an agent's cameras may try one too");
    }

    [Fact]
    public async Task Options_NothingToJudgeOnAndNobodyToTryIt_AreNamed()
    {
        var (exitCode, text) = await RunAsync("Gate:LabelledShare=0", "Promote=Challenger");

        exitCode.ShouldBe(ExitCodes.ConfigurationInvalid);
        text.ShouldContain("Trainer:Gate:Data");
        text.ShouldContain("Trainer:ChallengerAgents");
    }

    [Fact]
    public void Share_OfManyPictures_IsAboutThatManyAndGrowsByAdding()
    {
        var digests = Enumerable.Range(0, 4000).Select(i => ContentDigest.Of(BitConverter.GetBytes(i))).ToList();

        var fifth = digests.Where(d => GatePictures.IsOfShare(d, 0.2)).ToList();

        fifth.Count.ShouldBeInRange(700, 900);
        fifth.ShouldAllBe(d => GatePictures.IsOfShare(d, 0.3));
        digests.ShouldNotContain(d => GatePictures.IsOfShare(d, 0));
    }

    private static async Task<(int ExitCode, string Errors)> RunAsync(params string[] settings)
    {
        var builder = ImddHost.CreateBuilder(["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None", .. settings.Select(s => $"--Trainer:{s}")]);
        builder.AddImddDefaults("trainer");
        builder.AddTrainer();
        var app = builder.Build();
        app.MapTrainer();
        using StringWriter errors = new();
        return (await ImddHost.RunAsync(app, errors), errors.ToString());
    }
}
