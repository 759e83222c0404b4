using Infrastructure.Hosting;
using Runner;

var builder = ServiceHost.CreateBuilder("timers.runner", args);
builder.RequireSharedEngines("Runner");
builder.Services.AddRunner();

return await ServiceHost.RunAsync(builder, app => app.MapMetrics());
