using IMDD.Cloud.Trainer;
using IMDD.Hosting;

return await ImddHost.RunAsync("trainer", args, builder => builder.AddTrainer(), app => app.MapTrainer(), defaultPort: 5086);
