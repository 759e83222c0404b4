using Infrastructure.Hosting;
using Producer;

var builder = ServiceHost.CreateBuilder("timers.producer", args);
builder.RequireSharedEngines("Producer");
builder.Services.AddProducer();

return await ServiceHost.RunAsync(builder, app =>
{
    app.MapProducer();
    app.MapMetrics();
});
