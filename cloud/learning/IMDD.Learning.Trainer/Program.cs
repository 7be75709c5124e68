using IMDD.Learning.Trainer;

FreedMemory.Keep();
return await TrainerCommand.RunAsync(args, Console.Out, Console.Error);
