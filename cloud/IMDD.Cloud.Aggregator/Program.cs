using IMDD.Cloud.Aggregator;
using IMDD.Hosting;

return await ImddHost.RunAsync("aggregator", args, builder => builder.AddAggregator(), app => app.MapAggregator(), defaultPort: 5083);
