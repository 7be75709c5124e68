using System.Net;
using IMDD.Contracts.Events;
using IMDD.Contracts.Learning;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IMDD.Cloud.Dashboard.Tests;

/// <summary>The page about the learning loop, as it comes before any script has run.</summary>
public sealed class LearningPageTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_LoopUnderWay_ShowsKindPhaseMarksAndCurve()
    {
        LearningProgress progress = new()
        {
            NewKind = "paint-run",
            Phase = "two agents try it",
            ElapsedSeconds = 245,
            Labels = 21,
            Points = [new LearningPoint(65, 12, 9, 0), new LearningPoint(235, 10, 9, 8)],
            Marks = [new LearningMark(61, "the first frame of the new kind"), new LearningMark(200.4, "release 7 is registered")],
        };
        await using var board = await BoardAsync(() => Results.Json(progress, ImddJson.Options));
        await using var host = await DashboardHost.StartAsync($"--Dashboard:LearningUrl={board.Urls.Single()}");

        var page = WebUtility.HtmlDecode(await host.Http.GetStringAsync("learning", Stop));

        page.ShouldContain("A new kind: Paint run", Case.Insensitive);
        page.ShouldContain("two agents try it");
        page.ShouldContain("21 labels used");
        page.ShouldContain("1:01</span> the first frame of the new kind");
        page.ShouldContain("3:20</span> release 7 is registered");
        page.ShouldContain("Of the newest 10 frames 9 were found and 8 rightly named as well.");
        page.ShouldContain("href=\"learning\"");
    }

    [Fact]
    public async Task Page_NobodyWatches_SaysSoAndIsNotLinked()
    {
        await using var host = await DashboardHost.StartAsync();

        (await host.Http.GetStringAsync("learning", Stop)).ShouldContain("Nobody watches the loop here");
        (await host.Http.GetStringAsync("", Stop)).ShouldNotContain("href=\"learning\"");
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(200, "no json")]
    public async Task Page_WatcherAnswersBadly_SaysSo(int status, string body)
    {
        await using var board = await BoardAsync(() => Results.Text(body, "application/json", statusCode: status));
        await using var host = await DashboardHost.StartAsync($"--Dashboard:LearningUrl={board.Urls.Single()}");

        (await host.Http.GetStringAsync("learning", Stop)).ShouldContain("What watches the loop does not answer");
    }

    private static async Task<WebApplication> BoardAsync(Func<IResult> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var board = builder.Build();
        board.MapGet(LearningRoutes.Progress, answer);
        await board.StartAsync(Stop);
        return board;
    }
}
