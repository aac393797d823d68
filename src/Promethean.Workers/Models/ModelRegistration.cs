namespace Promethean.Workers;

/// <summary>One model put into the container, or with no id the fallback for all other ids.</summary>
internal sealed class ModelRegistration<TModel>(string? id, TModel model, bool isOwned) : IDisposable
    where TModel : class, IDisposable
{
    public string? Id => id;

    public TModel Model => model;

    public void Dispose()
    {
        if (isOwned) model.Dispose();
    }
}
