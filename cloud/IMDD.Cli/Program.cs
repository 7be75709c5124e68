using IMDD.Cli;

return await ImddCommand.RunAsync(args, Console.Out, Console.Error);
