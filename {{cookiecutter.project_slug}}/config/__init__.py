{%- if cookiecutter.database == "mysql" -%}
import pymysql

# mysqlclient has no wheel for Lambda; PyMySQL is pure Python and stands in for it.
pymysql.install_as_MySQLdb()
{% endif -%}
