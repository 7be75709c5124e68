using IMDD.Cloud.Curator;
using IMDD.Hosting;

return await ImddHost.RunAsync("curator", args, builder => builder.AddCurator(), app => app.MapCurator(), defaultPort: 5085);
