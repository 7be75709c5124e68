using IMDD.Edge.Agent;
using IMDD.Hosting;

return await ImddHost.RunAsync("edge-agent", args, builder => builder.AddEdgeAgent(), app => app.MapEdgeAgent(), defaultPort: 5081);
