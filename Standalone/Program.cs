using Consumer;
using Infrastructure;
using Infrastructure.Hosting;
using Producer;
using Runner;

var builder = ServiceHost.CreateBuilder("timers", args);
builder.AddEngines(ServiceRoles.All).AddProducer().AddConsumer().AddRunner();

return await ServiceHost.RunAsync(builder, app =>
{
    app.MapProducer();
    app.MapHealth();
    app.MapMetrics();
});
