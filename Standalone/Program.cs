using Consumer;
using Infrastructure;
using Infrastructure.Hosting;
using Producer;
using Runner;

var builder = ServiceHost.CreateBuilder("timers", args);
builder.AddEngines(ServiceRoles.All);
builder.Services.AddProducer();
builder.Services.AddConsumer();
builder.Services.AddRunner();

return await ServiceHost.RunAsync(builder, app =>
{
    app.MapProducer();
    app.MapHealth();
    app.MapMetrics();
});
