using System.CommandLine;
using System.Globalization;
using IMDD.Cli.Output;
using IMDD.Edge.Camera;
using IMDD.Edge.Camera.Gateway;
using IMDD.Hosting;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd camera</c>: the camera gateway, with short options for what is asked most.</summary>
internal static class CameraCommand
{
    private const string Description =
        "Publishes frames from a folder, a video or synthetic surfaces, and keeps each until its outcome returns."
        + " Further settings follow as --Section:Key=value and --config FILE (JSON); environment variables IMDD_Section__Key count too.";

    public static Command Create()
    {
        Option<string> folder = new("--folder") { Description = "Publish the images of this folder; masks are left out." };
        Option<string> video = new("--video") { Description = "Publish the frames of this file." };
        Option<string> asset = new("--asset") { Description = "Where the cameras stand: enterprise/site/area/line/cell." };
        Option<int?> cameras = new("--cameras") { Description = "Number of cameras, cam1 to camN." };
        Option<double?> fps = new("--fps") { Description = "Frames per second, of all cameras together." };
        Option<long?> frames = new("--frames") { Description = "Send this many, of all cameras together." };
        Option<string> spool = new("--spool") { Description = "Folder that keeps frames until their outcome returns." };
        Option<bool> wait = new("--wait") { Description = "Stop when all frames are sent and every outcome is back; fail after Camera:WaitTimeout." };
        var json = JsonOutput.CreateOption();

        // `--Camera:…=…` is no option of this parser: the service's configuration reads and checks it.
        Command command = new("camera", Description) { folder, video, asset, cameras, fps, frames, spool, wait, json };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(async (parsed, _) =>
        {
            List<string> settings = ["--urls=http://127.0.0.1:0"];
            Set(settings, "Asset", parsed.GetValue(asset));
            Set(settings, "Count", parsed.GetValue(cameras));
            Set(settings, "FramesPerSecond", parsed.GetValue(fps));
            Set(settings, "Frames", parsed.GetValue(frames));
            Set(settings, "SpoolDirectory", parsed.GetValue(spool));
            Set(settings, "Folder", parsed.GetValue(folder));
            Set(settings, "Video", parsed.GetValue(video));
            Set(settings, "Source", parsed.GetValue(folder) is not null ? "Folder" : parsed.GetValue(video) is not null ? "Video" : null);
            Set(settings, "Wait", parsed.GetValue(wait) ? "true" : null);
            return await RunAsync([.. settings, .. parsed.UnmatchedTokens], parsed.GetValue(json) ? parsed.InvocationConfiguration.Output : null);
        });
        return command;
    }

    private static async Task<int> RunAsync(string[] settings, TextWriter? json)
    {
        CameraGatewayStatus? status = null;
        var code = await ImddHost.RunAsync("camera", settings, b => b.AddCameraGateway(), app =>
        {
            status = app.Services.GetRequiredService<CameraGatewayStatus>();
            app.MapCameraGateway();
        });
        if (json is not null && status is not null)
        {
            var counts = status.Cameras;
            JsonOutput.Write(json, new
            {
                Sent = counts.Sum(c => c.SentByThisRun),
                Returned = counts.Sum(c => c.Returned),
                Resent = counts.Sum(c => c.Resent),
                Pending = counts.Sum(c => c.Pending),
                BlockedS = counts.Sum(c => c.Blocked.TotalSeconds),
                Cameras = counts.ToDictionary(c => c.Camera, c => c.SentByThisRun, StringComparer.Ordinal),
            });
        }

        return code;
    }

    private static void Set<T>(List<string> settings, string key, T? value)
    {
        if (value is not null)
        {
            settings.Add(string.Create(CultureInfo.InvariantCulture, $"--Camera:{key}={value}"));
        }
    }
}
