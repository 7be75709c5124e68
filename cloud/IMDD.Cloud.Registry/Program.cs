using IMDD.Cloud.Registry;
using IMDD.Hosting;

return await ImddHost.RunAsync("registry", args, builder => builder.AddRegistry(), app => app.MapRegistry(), defaultPort: 5084);
