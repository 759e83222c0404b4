using Infrastructure.Hosting;
using Runner;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceHost("timers.runner");
builder.RequireSharedEngines("Runner");
builder.Services.AddRunner();

return await ServiceHost.RunAsync(builder, app => app.MapMetrics());
