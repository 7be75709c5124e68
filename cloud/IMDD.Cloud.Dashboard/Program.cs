using IMDD.Cloud.Dashboard;
using IMDD.Hosting;

return await ImddHost.RunAsync("dashboard", args, builder => builder.AddDashboard(), app => app.MapDashboard(), defaultPort: 5080);
