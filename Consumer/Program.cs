using Consumer;
using Infrastructure.Hosting;

var builder = ServiceHost.CreateBuilder("timers.consumer", args);
builder.RequireSharedEngines("Consumer");
builder.Services.AddConsumer();

return await ServiceHost.RunAsync(builder, app => app.MapMetrics());
