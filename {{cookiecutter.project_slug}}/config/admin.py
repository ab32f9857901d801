from django.conf import settings
from django.contrib import admin

admin.site.site_header = admin.site.site_title = str(settings.SPECTACULAR_SETTINGS["TITLE"])

urlpatterns, _app_name, _namespace = admin.site.urls
