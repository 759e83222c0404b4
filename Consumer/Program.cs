using Consumer;
using Infrastructure.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceHost("timers.consumer");
builder.RequireSharedEngines("Consumer");
builder.Services.AddConsumer();

return await ServiceHost.RunAsync(builder, app => app.MapMetrics());
