using Infrastructure;
using Infrastructure.Hosting;
using Producer;

var builder = ServiceHost.CreateBuilder("timers.producer", args);
builder.AddEngines(ServiceRoles.Producer).AddProducer();

return await ServiceHost.RunAsync(builder, app =>
{
    app.MapProducer();
    app.MapHealth();
    app.MapMetrics();
});
