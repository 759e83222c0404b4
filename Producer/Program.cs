using Infrastructure.Hosting;
using Producer;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceHost("timers.producer");
builder.RequireSharedEngines("Producer");
builder.Services.AddProducer();

return await ServiceHost.RunAsync(builder, app =>
{
    app.MapProducer();
    app.MapMetrics();
});
