from django.apps import AppConfig


class DeploymentConfig(AppConfig):
    """The Django app, for the machine that develops and deploys; `ready` binds its checks."""

    name = "zappa_xray.deployment"
    label = "zappa_xray_deployment"  # a service may have an app called deployment

    def ready(self) -> None:
        from zappa_xray.deployment.checks import register_checks
        from zappa_xray.deployment.workflow import register_check

        register_checks()
        register_check()
