using IMDD.Edge.Camera;
using IMDD.Hosting;

return await ImddHost.RunAsync("camera", args, b => b.AddCameraGateway(), a => a.MapCameraGateway(), defaultPort: 5082);
