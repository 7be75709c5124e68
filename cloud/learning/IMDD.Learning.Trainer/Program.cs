using IMDD.Learning.Trainer;

return await TrainerCommand.RunAsync(args, Console.Out, Console.Error);
