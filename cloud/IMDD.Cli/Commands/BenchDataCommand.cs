using System.CommandLine;
using IMDD.Cli.Bench;
using IMDD.Cli.Output;
using IMDD.Hosting;
using IMDD.Learning.Datasets;
using IMDD.Learning.Datasets.Readers;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd bench data</c>: reading pictures against the image library alone, and shards against the disk and the decoder.</summary>
internal static class BenchDataCommand
{
    public static Command Create()
    {
        Option<string?> data = new("--data") { Description = "KEY:PATH of a data set; generated 1024×1024 JPEG pictures by default." };
        Option<int> threads = new("--threads") { Description = "Reading threads; 0: one per core." };
        Option<int> rounds = new("--rounds") { Description = "Times that every picture is read by each side.", DefaultValueFactory = _ => 5 };
        var json = JsonOutput.CreateOption();
        Command command = new("data", "Measures reading pictures and shards.") { data, threads, rounds, json };
        command.SetAction(parsed => Run(parsed, parsed.GetValue(data), parsed.GetValue(threads), parsed.GetValue(rounds), parsed.GetValue(json)));
        return command;
    }

    private static int Run(ParseResult parsed, string? data, int threads, int rounds, bool json)
    {
        var folder = Directory.CreateTempSubdirectory("imdd-bench-data-");
        try
        {
            var dataset = data is null ? BenchPictures.Write(folder.CreateSubdirectory("pictures").FullName) : DatasetReaders.Read(data);
            var result = new DataBench(dataset, folder.FullName, threads > 0 ? threads : Environment.ProcessorCount).Run(rounds);
            var output = parsed.InvocationConfiguration.Output;
            if (json)
            {
                JsonOutput.Write(output, result);
            }
            else
            {
                output.WriteLine($"{result.Pictures} pictures, {result.Threads} threads: {result.PicturesPerSecond:0.0}/s, {result.ReadOverLibrary:0.000} of the image library alone");
                output.WriteLine($"shards read at {result.ShardReadMbPerSecond:0} MB/s; disk {result.DiskReadMbPerSecond:0}, decoder {result.DecoderMbPerSecond:0}: the {result.ReadLimit} is lower");
                output.WriteLine($"shards written at {result.ShardWriteMbPerSecond:0} MB/s; disk {result.DiskWriteMbPerSecond:0}: the {result.WriteLimit} is lower");
                output.WriteLine($"near-copies among {result.CopySearchHashes} hashes in {result.CopySearchMs:0} ms, {result.CopySearchQuadraticMs:0} ms by brute force");
            }

            return ExitCodes.Stopped;
        }
        catch (DatasetException e)
        {
            throw new CommandFailedException(e.Message, ExitCodes.Failed, e);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
